using Mta.Sendmail;
using Mta.Service;

return CommandLineTool.Run("sendmail", ToolKinds.Usual, static tool => new SendmailCommand(tool).Run());
