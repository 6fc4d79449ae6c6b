using Mta.Postconf;
using Mta.Service;

return CommandLineTool.Run("postconf", ToolKinds.StderrOnly, static tool => new PostconfCommand(tool).Run());
