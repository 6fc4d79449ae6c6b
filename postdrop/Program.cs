using Mta.Postdrop;
using Mta.Service;

return CommandLineTool.Run("postdrop", ToolKinds.Usual | ToolKinds.Privileged, static tool => new PostdropCommand(tool).Run());
