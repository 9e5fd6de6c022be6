package streaming_test

import (
	"os"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// TestConformance holds the bindings to a Misskey server: every channel, every
// event and every message, and what the client promises around them. It runs
// against misskeytest as each release, once more against misskeytest by REST
// alone, and against the real server that the file named in MISSKEY_LIVE
// describes (see liveFile). What could not be provoked is listed at the end of
// each run, with the reason.
//
// MISSKEY_LIVE_SLOW=1 adds what takes minutes on a real server.
func TestConformance(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	// Most of a run is waiting for servers' clocks, so all go at once, however
	// few processors there are.
	var runs sync.WaitGroup
	for _, release := range []misskeytest.Release{misskeytest.Release2026, misskeytest.Release2025, misskeytest.Release12} {
		runs.Go(func() {
			t.Run("misskeytest "+string(release), func(t *testing.T) {
				conform(t, newTestBackend(t, release)).wantMissing(t, missingFrom[release])
			})
		})
	}
	runs.Go(func() {
		t.Run("misskeytest over REST", func(t *testing.T) {
			file, _ := describeMisskeytest(t)
			r := conform(t, newLiveBackend(t, file, impatient))
			r.wantMissing(t, append([]string{"main.myTokenRegenerated"}, unpublished...))
			r.wantReasons(t, neverPublished, noEndpoint, spoilsFile, realServersDoNot)
		})
	})
	runs.Go(func() {
		t.Run("live", func(t *testing.T) {
			file := os.Getenv("MISSKEY_LIVE")
			if file == "" {
				t.Skip("MISSKEY_LIVE names no file")
			}
			conform(t, newLiveBackend(t, file, considerate))
		})
	})
	runs.Wait()
	goleak.VerifyNone(t, leaks)
}

// A theme is one part of the suite. It leaves the accounts as it found them.
type theme struct {
	name string
	run  func(*stage)
}

// themes run one after the other, on one server.
var themes = []theme{
	{"every channel is acknowledged", everyChannelIsAcknowledged},
	{"timelines carry notes", timelinesCarryNotes},
	{"main tells of notes", mainTellsOfNotes},
	{"main tells of people", mainTellsOfPeople},
	{"main tells of the account", mainTellsOfTheAccount},
	{"notifications of every kind", notificationsOfEveryKind},
	{"drive tells of files and folders", driveTellsOfFilesAndFolders},
	{"chat with a user", chatWithAUser},
	{"chat in a room", chatInARoom},
	{"reversi from the invitation to the end", reversiIsPlayed},
	{"admin tells of reports", adminTellsOfReports},
	{"captures follow a note", capturesFollowANote},
	{"broadcasts reach everybody", broadcastsReachEverybody},
	{"a closed subscription is silent", closedSubscriptionIsSilent},
	{"more channels than a socket takes", moreChannelsThanASocketTakes},
	{"subscriptions to main share it", subscriptionsToMainShareIt},
	{"leaking channels are taken up again", leakingChannelsAreTakenUpAgain},
	{"bursts of subscriptions", burstsOfSubscriptions},
	{"refusals that can be foreseen", refusalsThatCanBeForeseen},
	{"refusals without a word", refusalsWithoutAWord},
	{"anonymous client", anonymousClient},
	{"app tokens", appTokens},
	{"bad token", badToken},
	{"suspended account", suspendedAccount},
	{"lost sockets", lostSockets},
	{"frames nobody knows", framesNobodyKnows},
}

// around are themes that begin before all others and end after them, because
// they mostly wait.
var around = []struct {
	name  string
	begin func(*stage) (end func(*stage))
}{
	{"statistics come by the clock", statisticsComeByTheClock},
	{"the server's pings are answered", serverPingsAreAnswered},
}

// conform runs the suite and lists what it could not see.
func conform(t *testing.T, b backend) *report {
	defer b.cleanUp(t)
	r := newReport(t, b.traits())
	ends := map[string]func(*stage){}
	for _, f := range around {
		ends[f.name] = f.begin(newStage(t, b, r))
	}
	for _, th := range themes {
		t.Run(th.name, func(t *testing.T) { th.run(newStage(t, b, r)) })
	}
	for _, f := range around {
		t.Run(f.name, func(t *testing.T) { ends[f.name](newStage(t, b, r)) })
	}
	r.log(t)
	return r
}

// unpublished is what the spec marks so: declared by servers, and never sent.
var unpublished = []string{"main.readAntenna", "main.unreadAntenna", "note.updated"}

// missingFrom is what cannot be provoked on misskeytest, by release: nothing
// must join it unnoticed.
var missingFrom = map[misskeytest.Release][]string{
	misskeytest.Release2026: unpublished,
	misskeytest.Release2025: unpublished,
	misskeytest.Release12: append(strings.Fields(`
		chatRoom.deleted chatRoom.message chatRoom.react chatRoom.unreact chatRoom<-read
		chatUser.deleted chatUser.message chatUser.react chatUser.unreact chatUser<-read
		main.newChatMessage notification.chatRoomInvitationReceived notification.login
		reversi.invited reversi.matched
		reversiGame.canceled reversiGame.changeReadyStates reversiGame.ended reversiGame.log
		reversiGame.started reversiGame.updateSettings reversiGame<-cancel reversiGame<-claimTimeIsUp
		reversiGame<-putStone reversiGame<-ready reversiGame<-updateSettings
		roleTimeline.note`), unpublished...),
}
