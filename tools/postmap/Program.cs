using Mta.Postmap;
using Mta.Service;
using Mta.Service.TableCommands;
using Mta.Tables.Source;

TableCommandFormat format = new()
{
    Letters = "bc:d:fFhimnNopq:rsuUvw",
    Usage = "usage: postmap [-bfFhimnNoprsuUvw] [-c config_dir] [-d key] [-q key] [map_type:]file...",
    Separator = "\t",
    Read = static (bytes, name, utf8, warn) => MapSource.Read(bytes, name, utf8, "", warn),
    MessageKeys = MessageKeys.Find,
};

return await CommandLineTool.RunAsync("postmap", ToolKinds.Usual, tool => TableCommand.RunAsync(tool, format));
