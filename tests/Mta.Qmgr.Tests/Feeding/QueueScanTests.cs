using Mta.Mail.Queue;
using Mta.Qmgr.Feeding;

namespace Mta.Qmgr.Tests.Feeding;

/// <summary>When a scan starts, starts again, and which files it takes.</summary>
[Collection("current directory")]
public sealed class QueueScanTests : IDisposable
{
    private readonly string _before = Directory.GetCurrentDirectory();
    private readonly string _directory = Directory.CreateTempSubdirectory("scan").FullName;
    private readonly QueueScan _scan;

    public QueueScanTests()
    {
        Directory.SetCurrentDirectory(_directory);
        foreach (string name in (string[])["A111111", "B222222", "C333333"])
        {
            Directory.CreateDirectory($"deferred/{name[0]}");
            File.WriteAllText($"deferred/{name[0]}/{name}", "");
        }

        _scan = new QueueScan(new QueueDirectory(QueueSettings.Default), QueueName.Deferred);
    }

    [Fact]
    public void Nothing_is_found_before_a_start_was_asked_for()
    {
        _scan.Request(start: false, ignoreTimes: true, ignoreDeferTransports: true);
        Assert.False(_scan.TryNext(out _));
    }

    [Fact]
    public void Every_file_is_found_once_and_then_the_scan_ends()
    {
        _scan.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        Assert.Equal(["A111111", "B222222", "C333333"], All().Order());
        Assert.False(_scan.IsRunning);
    }

    [Fact]
    public void Requests_during_a_scan_make_one_more()
    {
        _scan.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        Assert.True(_scan.TryNext(out _));
        _scan.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        _scan.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        Assert.Equal(2, All().Count);
        Assert.True(_scan.IsRunning);
        Assert.Equal(3, All().Count);
        Assert.Empty(All());
    }

    [Fact]
    public void A_flush_in_the_middle_counts_for_the_rest_and_for_the_next_round_and_no_longer()
    {
        _scan.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        Assert.True(_scan.TryNext(out _));
        Assert.False(_scan.IgnoresTimes);
        _scan.Request(start: true, ignoreTimes: true, ignoreDeferTransports: true);
        Assert.True(_scan.IgnoresTimes && _scan.IgnoresDeferTransports);
        All();
        Assert.True(_scan.TryNext(out _));
        Assert.True(_scan.IgnoresTimes && _scan.IgnoresDeferTransports);
        All();
        _scan.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        Assert.True(_scan.TryNext(out _));
        Assert.False(_scan.IgnoresTimes || _scan.IgnoresDeferTransports);
    }

    [Fact]
    public void Files_that_come_and_go_during_a_scan_do_no_harm()
    {
        _scan.Request(start: true, ignoreTimes: false, ignoreDeferTransports: false);
        Assert.True(_scan.TryNext(out _));
        Directory.Delete("deferred", recursive: true);
        All();
        Assert.False(_scan.IsRunning);
    }

    public void Dispose()
    {
        _scan.Dispose();
        Directory.SetCurrentDirectory(_before);
        Directory.Delete(_directory, recursive: true);
    }

    private List<string> All()
    {
        List<string> names = [];
        while (_scan.TryNext(out QueueId id))
        {
            names.Add(id.Value);
        }

        return names;
    }
}
