using Mta.Postsuper;
using Mta.Service;

return CommandLineTool.Run("postsuper", ToolKinds.Usual, static tool => new PostsuperCommand(tool).Run());
