using Mta.Postcat;
using Mta.Service;

return CommandLineTool.Run("postcat", ToolKinds.StderrOnly | ToolKinds.NamedAsCalled, static tool => new PostcatCommand(tool).Run());
