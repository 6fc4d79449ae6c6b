using Mta.PosttlsFinger;
using Mta.Service;

return await CommandLineTool.RunAsync("posttls-finger", ToolKinds.StderrOnly, static tool => new FingerCommand(tool).RunAsync());
