package misskeytest_test

import (
	"slices"
	"testing"
	"time"

	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

func TestAchievements(t *testing.T) {
	srv, bot, _, _, c := people(t)
	a := restClient{t, srv, bot}
	for range 2 {
		a.do("i/claim-achievement", map[string]any{"name": "notes1"})
	}
	a.refused("i/claim-achievement", map[string]any{"name": "nothing"}, 400, "INVALID_PARAM")
	c.sync()
	if got, want := c.mainEvents(), []string{"notification:achievementEarned"}; !slices.Equal(got, want) {
		t.Errorf("events %q, want %q", got, want)
	}
	var all []misskey.Achievement
	a.get("users/achievements", map[string]any{"userId": bot.ID}, &all)
	if len(all) != 1 || all[0].Name != misskey.AchievementNameNotes1 {
		t.Errorf("achievements %+v", all)
	}
}

// Every export ends in a file and a notification that names it.
func TestExports(t *testing.T) {
	srv, bot, _, _, c := people(t)
	a := restClient{t, srv, bot}
	for i, name := range []string{"antennas", "blocking", "clips", "favorites", "following", "mute", "notes", "user-lists"} {
		a.do("i/export-"+name, nil)
		if n := c.count("m", "driveFileCreated"); n != i+1 {
			t.Errorf("%s: %d files, want %d", name, n, i+1)
		}
	}
	for _, f := range c.all(event("m", "notification")) {
		var n misskey.NotificationExportCompleted
		mustDecode(t, f.inner().Body, &n)
		var file misskey.DriveFile
		a.get("drive/files/show", map[string]any{"fileId": n.FileID}, &file)
		if !n.ExportedEntity.Known() || file.Size == 0 {
			t.Errorf("notification %+v of %+v", n, file)
		}
	}
	if status := call(t, srv, bot.AppToken("read:account"), "i/export-notes", map[string]any{}, nil); status != 400 {
		t.Errorf("an app's export: %d, want 400", status)
	}
}

// A scheduled note is posted in its time, or it is told that it could not be.
func TestScheduledNotes(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	_, bot, alice, _, c := people(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0))
	c.connect("homeTimeline", "h", "{}")
	gone := alice.Post("soon gone")
	bot.Schedule(time.Minute, "later", misskeytest.WithCW("careful"))
	bot.ScheduleReply(time.Minute, gone.ID, "too late")
	alice.Delete(gone.ID)
	clock.Advance(time.Minute - time.Millisecond)
	if n := c.count("h", "note"); n != 0 {
		t.Errorf("%d notes before their time", n)
	}
	clock.Advance(time.Millisecond)
	c.sync()
	want := []string{"notification:scheduledNotePosted", "notification:scheduledNotePostFailed"}
	if got := c.mainEvents(); !slices.Equal(got, want) || c.count("h", "note") != 1 {
		t.Errorf("events %q, want %q and one note", got, want)
	}
}

// A server whose machine's statistics are off connects serverStats and says
// nothing there, asked or not.
func TestWithoutServerStats(t *testing.T) {
	clock := misskeytest.NewManualClock(time.Now())
	srv := newServer(t, misskeytest.WithClock(clock), misskeytest.WithPingInterval(0), misskeytest.WithoutServerStats())
	c := dial(t, srv, "")
	c.connect("serverStats", "s", "{}")
	c.connect("queueStats", "q", "{}")
	clock.Advance(10 * time.Second)
	c.send(`{"type":"ch","body":{"id":"s","type":"requestLog","body":{"id":1,"length":5}}}`)
	if s, q := c.count("s", ""), c.count("q", "stats"); s != 0 || q != 1 {
		t.Errorf("%d events of the machine and %d of the queues, want 0 and 1", s, q)
	}
}
