using Mta.Postcat;
using Mta.Service;

return CommandLineTool.Run("postcat", ToolKinds.StderrOnly, static tool => new PostcatCommand(tool).Run());
