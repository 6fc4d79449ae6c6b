namespace Mta.Mail.Queue;

/// <summary>A name in a queue directory, as the directory has it.</summary>
/// <param name="Directory">Where it was found: the queue, and its hash subdirectories.</param>
/// <param name="Inode">The number in the directory; on some file systems not the one that stat says.</param>
/// <param name="IsRegular">False also when the directory does not tell.</param>
public readonly record struct QueueEntry(string Directory, string Name, ulong Inode, bool IsRegular);
