using Mta.Config.Parameters;
using Mta.Mail;
using Mta.Service;
using Mta.Service.TableCommands;

TableCommandFormat format = new()
{
    Letters = "c:d:finNopq:rsuvw",
    Usage = "usage: postalias [-Nfinoprsuvw] [-c config_dir] [-d key] [-q key] [map_type:]file...",
    Separator = ":\t",
    Read = AliasSource.Read,
    Marks = static configuration => AliasSource.Marks(configuration.Get(GlobalParameters.Myhostname), DateTimeOffset.UtcNow),
};

return await CommandLineTool.RunAsync("postalias", ToolKinds.Usual, tool => TableCommand.RunAsync(tool, format));
