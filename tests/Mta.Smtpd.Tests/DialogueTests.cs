using Mta.Dialogues;

namespace Mta.Smtpd.Tests;

/// <summary>Every dialogue against our server, in three cuts.</summary>
[Collection("process-wide state")]
public sealed class DialogueTests
{
    private static readonly CapturedLog Log = CapturedLog.Install();

    public static TheoryData<string> Names => [.. DialogueSettings.All.Where(static dialogue => dialogue.Only != DialogueServer.Postfix).Select(static dialogue => dialogue.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task The_server_keeps_to_the_dialogue(string name)
    {
        Dialogue dialogue = DialogueSettings.All.Single(candidate => candidate.Name == name);
        var server = new InProcessServer(dialogue.Settings);
        foreach (DialogueCut cut in (DialogueCut[])[DialogueCut.Whole, DialogueCut.Line, DialogueCut.Byte])
        {
            if (dialogue.IsWholeOnly && cut != DialogueCut.Whole)
            {
                continue;
            }

            Log.Clear();
            DialoguePeers.Shared.Begin(dialogue, DialogueServer.Mta);
            InProcessServer.Services.ForgetClients();
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

            Assert.True(problem is null, problem);
            problem = await DialoguePeers.Shared.EndAsync();
            Assert.True(problem is null, problem);
            problem = DialoguePlayer.CheckLog(dialogue, DialogueServer.Mta, Log.Lines);
            Assert.True(problem is null, problem);
        }
    }
}

[CollectionDefinition("process-wide state", DisableParallelization = true)]
public sealed class ProcessWideState;
