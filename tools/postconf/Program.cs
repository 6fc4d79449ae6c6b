using Mta.Postconf;
using Mta.Service;

return CommandLineTool.Run("postconf", ToolKinds.StderrOnly | ToolKinds.NamedAsCalled, static tool => new PostconfCommand(tool).Run());
