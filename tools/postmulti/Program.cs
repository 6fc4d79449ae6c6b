using Mta.Postmulti;
using Mta.Service;

return CommandLineTool.Run("postmulti", ToolKinds.Usual, static tool => new PostmultiCommand(tool).Run());
