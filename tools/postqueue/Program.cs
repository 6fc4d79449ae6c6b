using Mta.Postqueue;
using Mta.Service;

return await CommandLineTool.RunAsync("postqueue", ToolKinds.Usual | ToolKinds.Privileged, static tool => new PostqueueCommand(tool).RunAsync());
