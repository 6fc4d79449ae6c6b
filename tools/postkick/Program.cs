using Mta.Postkick;
using Mta.Service;

return await CommandLineTool.RunAsync("postkick", ToolKinds.StderrOnly, tool => new PostkickCommand(tool).RunAsync());
