using System.Net;

namespace Mta.Config;

/// <summary>What is matched: a name, and for client lists its address as text and parsed.</summary>
internal readonly record struct MatchSubject(string Name, string AddressText = "", IPAddress? Address = null);
