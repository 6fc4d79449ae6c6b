using Mta.Linux;
using Mta.Mail.Queue;
using Mta.Text;

namespace Mta.Mail.Tests.Queue;

public sealed class QueueFileTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("mta-queue-").FullName;
    private readonly QueueDirectory _queue = new(QueueSettings.Default);

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void A_new_file_is_unfinished_and_named_after_its_inode()
    {
        using QueueFileWriter file = QueueFileWriter.Create(_queue, _root);
        FileStatus status = Posix.Lstat(file.Path);
        Assert.Equal(0x180, status.Permissions);
        Assert.True(file.Id.TryGetInode(out ulong inode));
        Assert.Equal(status.Inode, inode);
        Assert.False(QueueDirectory.IsReady(status));
        Assert.Single(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void A_complete_file_is_ready_and_holds_everything()
    {
        string path = WriteMessage(recipients: 2, body: 100_000);
        Assert.True(QueueDirectory.IsReady(Posix.Lstat(path)));
        Assert.Equal(0, QueueFileReader.TryOpen(path, out QueueFileReader? file));
        using (file)
        {
            QueueEnvelopeReader envelope = new();
            List<QueueRecipient> recipients = [];
            Assert.True(envelope.ReadFirst(file!.File, 100, recipients), envelope.Problem);
            using ContentReader content = file.Content(envelope.Envelope.Size.DataOffset);
            Assert.True(content.ReadChunk(out ReadOnlySpan<byte> text, out bool endsLine));
            Assert.Equal("Subject: x", ByteString.FromBytes(text));
            Assert.True(endsLine);
            long length = 0;
            while (content.ReadChunk(out text, out _))
            {
                length += text.Length;
            }

            Assert.True(content.IsComplete);
            Assert.Equal(100_000, length);
        }
    }

    [Fact]
    public void A_file_that_somebody_removed_never_becomes_complete()
    {
        using QueueFileWriter file = QueueFileWriter.Create(_queue, _root);
        file.Write(RecordType.Text, "x");
        File.Delete(file.Path);
        Assert.Equal(Errno.ENOENT, Assert.Throws<LinuxException>(() => file.Complete()).Errno);
    }

    [Fact]
    public void A_scan_gives_the_envelope_and_passes_over_the_content()
    {
        string path = WriteMessage(recipients: 2, body: 100_000);
        Assert.Equal(0, QueueFileReader.TryOpen(path, out QueueFileReader? file));
        using (file)
        {
            using RecordFileReader records = file!.Records();
            EnvelopeScan scan = new(records, file.Status);
            List<RecordType> types = [];
            while (scan.Next(out RecordType type, out _))
            {
                types.Add(type);
            }

            Assert.True(scan.KnowsContent);
            Assert.InRange(scan.Size, 100_000, file.Status.Size - 1);
            Assert.Equal(2, types.Count(static type => type == RecordType.Recipient));
            Assert.Single(types, RecordType.Message);
            Assert.DoesNotContain(RecordType.Text, types);
        }
    }

    [Fact]
    public void An_aborted_file_is_gone()
    {
        QueueFileWriter file = QueueFileWriter.Create(_queue, _root);
        file.Write(RecordType.Sender, "x");
        file.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_root));
    }

    [Fact]
    public void The_size_limit_is_an_error_of_the_write()
    {
        using QueueFileWriter file = QueueFileWriter.Create(_queue, _root);
        file.SizeLimit = 1000;
        LinuxException error = Assert.Throws<LinuxException>(() =>
        {
            for (int i = 0; i < 20; i++)
            {
                file.Write(RecordType.Text, new byte[100]);
            }
        });
        Assert.Equal(Errno.EFBIG, error.Errno);
    }

    [Fact]
    public void A_full_disk_is_an_error_of_the_flush()
    {
        using FileHandle full = Posix.Open("/dev/full", OpenFlags.WriteOnly);
        LinuxException error = Assert.Throws<LinuxException>(() => Posix.WriteAll(full, "x"u8));
        Assert.Equal(Errno.ENOSPC, error.Errno);
    }

    [Fact]
    public void Bytes_written_before_can_be_replaced_in_buffer_and_file()
    {
        using QueueFileWriter file = QueueFileWriter.Create(_queue, _root);
        file.WriteSize(default);
        file.Write(RecordType.Text, new byte[10]);
        file.WriteSize(new SizeRecord(1, 2, 3, 0, 4, 0));
        file.Flush();
        file.Write(RecordType.Text, new byte[10]);
        file.WriteSize(new SizeRecord(5, 6, 7, 0, 8, 0));
        file.Flush();
        byte[] record = new byte[SizeRecord.RecordLength];
        Posix.Pread(file.File, record, 0);
        Assert.True(SizeRecord.TryParse(record.AsSpan(2), out SizeRecord size));
        Assert.Equal(new SizeRecord(5, 6, 7, 0, 8, 0), size);
    }

    [Fact]
    public void Many_files_at_once_have_names_of_their_own()
    {
        QueueFileWriter[] files = new QueueFileWriter[64];
        Parallel.For(0, files.Length, i => files[i] = QueueFileWriter.Create(_queue, _root));
        Assert.Equal(files.Length, files.Select(static file => file.Id).Distinct().Count());
        foreach (QueueFileWriter file in files)
        {
            file.Dispose();
        }
    }

    [Fact]
    public void Recipients_come_in_batches()
    {
        string path = WriteMessage(recipients: 10, body: 10);
        QueueFileReader.TryOpen(path, out QueueFileReader? file);
        using (file)
        {
            QueueEnvelopeReader envelope = new();
            List<QueueRecipient> recipients = [];
            Assert.True(envelope.ReadFirst(file!.File, 4, recipients));
            Assert.Equal(4, recipients.Count);
            Assert.Equal("8bit", envelope.Envelope.Encoding);
            while (envelope.HasUnreadRecipients)
            {
                Assert.True(envelope.ReadMore(file.File, 4, recipients));
            }

            Assert.Equal(Enumerable.Range(0, 10).Select(static i => $"r{i}@x"), recipients.Select(static recipient => recipient.Address));
            Assert.Equal("rfc822;o3@x", recipients[3].DsnOriginalRecipient);
            Assert.Equal(4, recipients[3].Notify);
            Assert.Equal("o3@x", recipients[3].OriginalAddress);
        }
    }

    [Fact]
    public void A_recipient_marked_done_is_not_read_again()
    {
        string path = WriteMessage(recipients: 2, body: 10);
        QueueFileReader.TryOpen(path, out QueueFileReader? file);
        using (file)
        {
            List<QueueRecipient> recipients = [];
            new QueueEnvelopeReader().ReadFirst(file!.File, 10, recipients);
            Assert.True(file.MarkDone(recipients[0].Offset));
            Assert.True(file.MarkDone(recipients[0].Offset));
            Assert.False(file.MarkDone(recipients[0].Offset + 1));
            List<QueueRecipient> left = [];
            QueueEnvelopeReader second = new();
            second.ReadFirst(file.File, 10, left);
            Assert.Equal(["r1@x"], left.Select(static recipient => recipient.Address));
            Assert.Equal(1, second.Envelope.DoneRecipients);
        }
    }

    [Fact]
    public void A_file_cut_off_anywhere_is_corrupt()
    {
        string path = WriteMessage(recipients: 2, body: 10);
        byte[] whole = File.ReadAllBytes(path);
        string cut = $"{_root}/cut";
        for (int length = 0; length < whole.Length; length++)
        {
            File.WriteAllBytes(cut, whole[..length]);
            QueueFileReader.TryOpen(cut, out QueueFileReader? file);
            using (file)
            {
                Assert.False(new QueueEnvelopeReader().ReadFirst(file!.File, 10, []), $"cut at {length}");
            }
        }
    }

    [Fact]
    public void A_symbolic_link_is_not_opened()
    {
        string path = WriteMessage(recipients: 1, body: 1);
        File.CreateSymbolicLink($"{_root}/link", path);
        Assert.Equal(Errno.ELOOP, QueueFileReader.TryOpen($"{_root}/link", out _));
    }

    [Fact]
    public void Pointers_are_followed_and_endless_ones_refused()
    {
        string path = $"{_root}/pointers";
        using (BufferedOutput output = new(Stream.Null))
        {
            RecordWriter.Write(output, RecordType.Text, "first");
            RecordWriter.Write(output, RecordType.Pointer, $"{7 + 17 + 9,15}");
            RecordWriter.Write(output, RecordType.Text, "skipped");
            RecordWriter.Write(output, RecordType.Pointer, $"{0,15}");
            RecordWriter.Write(output, RecordType.Text, "second");
            RecordWriter.Write(output, RecordType.Pointer, $"{0,15}");
            RecordWriter.Write(output, RecordType.Pointer, $"{7 + 17 + 9,15}");
            File.WriteAllBytes(path, output.PendingBytes.ToArray());
        }

        QueueFileReader.TryOpen(path, out QueueFileReader? file);
        using (file)
        using (RecordFileReader records = file!.Records())
        {
            Assert.Equal(RecordRead.Record, records.Read(out _, out ReadOnlySpan<byte> data));
            Assert.Equal("first", ByteString.FromBytes(data));
            Assert.Equal(RecordRead.Record, records.Read(out _, out data));
            Assert.Equal("second", ByteString.FromBytes(data));
            RecordRead result;
            while ((result = records.Read(out _, out _)) == RecordRead.Record)
            {
            }

            Assert.Equal(RecordRead.Malformed, result);
        }
    }

    private string WriteMessage(int recipients, int body)
    {
        QueueFileWriter file = QueueFileWriter.Create(_queue, _root);
        file.WriteSize(default);
        file.Write(RecordType.Time, RecordText.Time(DateTime.UtcNow));
        file.WriteAttribute(QueueAttribute.CreateTime, 1_795_304_593);
        file.Write(RecordType.Sender, "s@x");
        for (int i = 0; i < recipients; i++)
        {
            file.WriteAttribute(QueueAttribute.NotifyFlags, 4);
            file.WriteAttribute(QueueAttribute.DsnOriginalRecipient, $"rfc822;o{i}@x");
            file.Write(RecordType.OriginalRecipient, $"o{i}@x");
            file.Write(RecordType.Recipient, $"r{i}@x");
        }

        file.Write(RecordType.Message);
        long dataOffset = file.Position;
        file.Write(RecordType.Text, "Subject: x");
        file.Write(RecordType.Text);
        for (int left = body; left > 0; left -= 70)
        {
            file.Write(RecordType.Text, new byte[Math.Min(left, 70)]);
        }

        long dataSize = file.Position - dataOffset;
        file.Write(RecordType.Extracted);
        file.WriteAttribute(QueueAttribute.Encoding, "8bit");
        file.Write(RecordType.End);
        file.WriteSize(new SizeRecord(dataSize, dataOffset, recipients, 8, dataSize, 0));
        string path = file.Path;
        file.Complete();
        return path;
    }
}
