using Mta.Qshape;
using Mta.Service;

return CommandLineTool.Run("qshape", ToolKinds.StderrOnly, static tool => new QshapeCommand(tool).Run());
