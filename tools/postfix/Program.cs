using Mta.Postfix;
using Mta.Service;

return CommandLineTool.Run("postfix", ToolKinds.Usual, PostfixCommand.Run);
