using Mta.Postlock;
using Mta.Service;

return CommandLineTool.Run("postlock", ToolKinds.StderrOnly | ToolKinds.NamedAsCalled, static tool => new PostlockCommand(tool).Run());
