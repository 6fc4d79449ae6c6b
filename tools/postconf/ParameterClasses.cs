namespace Mta.Postconf;

/// <summary>Where a parameter's name comes from.</summary>
[Flags]
internal enum ParameterClasses
{
    /// <summary>Declared by a program.</summary>
    BuiltIn = 1,

    /// <summary>Derived from the name of a master.cf service.</summary>
    Service = 2,

    /// <summary>Made up by the administrator, and used by another parameter.</summary>
    User = 4,

    All = BuiltIn | Service | User,
}
