using Mta.Postlog;
using Mta.Service;

return CommandLineTool.Run("postlog", ToolKinds.Privileged | ToolKinds.StderrIfTerminal, tool => new PostlogCommand(tool).Run());
