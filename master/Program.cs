using Mta.Master;

return MasterProcess.Run();
