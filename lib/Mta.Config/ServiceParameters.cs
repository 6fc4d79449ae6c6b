namespace Mta.Config;

/// <summary>
/// Names that exist once per delivery service: <c>SERVICE_destination_concurrency_limit</c> and its kin, whose
/// defaults are the values of <c>default_destination_concurrency_limit</c> and so on.
/// </summary>
public static class ServiceParameters
{
    private const string CommandTimeLimit = "command_time_limit";

    /// <summary>The parameters from which names are derived, in postconf's order.</summary>
    public static readonly IReadOnlyList<string> Templates =
    [
        "default_recipient_limit",
        "default_extra_recipient_limit",
        "default_recipient_refill_limit",
        "default_recipient_refill_delay",
        "default_delivery_slot_cost",
        "default_delivery_slot_loan",
        "default_delivery_slot_discount",
        "default_minimum_delivery_slots",
        "initial_destination_concurrency",
        "default_destination_concurrency_limit",
        "default_destination_recipient_limit",
        "default_destination_concurrency_positive_feedback",
        "default_destination_concurrency_negative_feedback",
        "default_destination_concurrency_failed_cohort_limit",
        "default_destination_rate_delay",
        "default_transport_rate_delay",
        CommandTimeLimit,
    ];

    /// <summary>The name derived from a template for a service.</summary>
    public static string NameFor(Parameter template, string service) => NameFor(template.Name, service);

    /// <inheritdoc cref="NameFor(Parameter, string)"/>
    public static string NameFor(string template, string service) => $"{service}_{Suffix(template)}";

    /// <summary>The default of a derived name; null when the name is not of that form.</summary>
    public static string? DefaultFor(string name)
    {
        // The longest suffix decides: smtp_destination_recipient_limit is not the recipient_limit of "smtp_destination".
        string? found = null;
        int longest = 0;
        foreach (string template in Templates)
        {
            string suffix = Suffix(template);
            if (suffix.Length > longest && name.Length > suffix.Length + 1 && name[^(suffix.Length + 1)] == '_' && name.EndsWith(suffix, StringComparison.Ordinal))
            {
                found = template;
                longest = suffix.Length;
            }
        }

        return found is null ? null : "$" + found;
    }

    /// <summary>The declaration of a derived name: its own where there is one, else the template's with its value as default.</summary>
    internal static Parameter Declared(this Parameter template, string name) =>
        ParameterRegistry.Find(name) ?? template.Renamed(name, "$" + template.Name);

    private static string Suffix(string template) => template switch
    {
        CommandTimeLimit => "time_limit",
        _ when template.StartsWith("default_", StringComparison.Ordinal) => template["default_".Length..],
        _ => template,
    };
}
