using System.Runtime.CompilerServices;

[assembly: InternalsVisibleTo("Mta.Tables.Tests")]
