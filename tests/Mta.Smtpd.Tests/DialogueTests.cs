using Mta.Dialogues;

namespace Mta.Smtpd.Tests;

/// <summary>Every dialogue against our server, in three cuts.</summary>
[Collection("process-wide state")]
public sealed class DialogueTests
{
    static DialogueTests() => CapturedLog.Install();

    public static TheoryData<string> Names => [.. Ours.Where(static dialogue => !dialogue.IsSlow).Select(static dialogue => dialogue.Name)];

    private static IEnumerable<Dialogue> Ours => DialogueSettings.All.Where(static dialogue => dialogue.Only != DialogueServer.Postfix);

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_server_keeps_to_the_dialogue(string name)
    {
        Dialogue dialogue = DialogueSettings.All.Single(candidate => candidate.Name == name);
        var server = new InProcessServer(dialogue.Settings);
        foreach (DialogueCut cut in Cuts(dialogue))
        {
            DialoguePeers.Shared.Begin(dialogue, DialogueServer.Mta);
            InProcessServer.Services.ForgetClients();
            (string? problem, string? logged) = await PlayAsync(server, dialogue, cut);
            problem ??= await DialoguePeers.Shared.EndAsync() ?? logged;
            Assert.True(problem is null, problem);
        }
    }

    [Fact]
    public async Task The_server_keeps_to_dialogues_that_wait_all_at_the_same_time()
    {
        InProcessServer.Services.ForgetClients();
        string?[] problems = await Task.WhenAll(
            from dialogue in Ours
            where dialogue.IsSlow
            from cut in Cuts(dialogue)
            select Task.Run(async () =>
            {
                (string? problem, string? logged) = await PlayAsync(new InProcessServer(dialogue.Settings), dialogue, cut);
                return problem ?? logged;
            }));
        Assert.True(Array.TrueForAll(problems, static problem => problem is null), string.Join('\n', problems.OfType<string>()));
    }

    private static DialogueCut[] Cuts(Dialogue dialogue) => dialogue.IsWholeOnly ? [DialogueCut.Whole] : [DialogueCut.Whole, DialogueCut.Line, DialogueCut.Byte];

    // What was wrong with the replies, and with the log.
    private static async Task<(string? Problem, string? Logged)> PlayAsync(InProcessServer server, Dialogue dialogue, DialogueCut cut)
    {
        CapturedLog.Begin();
        List<(Stream Client, Task Session)> others = [];
        for (int i = 0; i < dialogue.Others; i++)
        {
            others.Add(server.Connect(dialogue.ClientAddress));
            await others[i].Client.ReadExactlyAsync(new byte[4]);
        }

        (Stream client, Task session) = server.Connect(dialogue.ClientAddress, oneByteAtATime: cut == DialogueCut.Byte);
        string? problem;
        await using (client)
        {
            problem = await new DialoguePlayer(client, DialogueServer.Mta, cut).PlayAsync(dialogue);
        }

        await session.WaitAsync(TimeSpan.FromSeconds(20));
        foreach ((Stream other, Task end) in others)
        {
            await other.DisposeAsync();
            await end.WaitAsync(TimeSpan.FromSeconds(20));
        }

        return (problem, DialoguePlayer.CheckLog(dialogue, DialogueServer.Mta, CapturedLog.Lines));
    }
}

[CollectionDefinition("process-wide state", DisableParallelization = true)]
public sealed class ProcessWideState;
