using Mta.Postlock;
using Mta.Service;

return CommandLineTool.Run("postlock", ToolKinds.StderrOnly, static tool => new PostlockCommand(tool).Run());
