namespace Mta.Text;

/// <summary>How attribute lists look on an internal socket.</summary>
public enum AttributeEncoding
{
    /// <summary><c>name NUL value NUL</c>, the list ended by one NUL: nearly every service.</summary>
    Print0,

    /// <summary><c>name=value LF</c>, the list ended by an empty line: anvil and policy delegation.</summary>
    Plain,
}
