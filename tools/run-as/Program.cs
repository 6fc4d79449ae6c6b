using Mta.RunAs;

return RunAsCommand.Run();
