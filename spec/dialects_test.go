package spec

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// dialectFacts is what tells a dialect from upstream, in words.
type dialectFacts struct {
	socket   string
	channels string // those that upstream has not, then those that it has and the dialect has not, with a minus
	main     string // likewise, the events of main
	requests string // those that upstream has not
	params   string // of the timelines: channel(param …)
}

// TestDialectFacts lists what each dialect that comes with the package has
// otherwise than upstream, so that nothing comes or goes unnoticed.
func TestDialectFacts(t *testing.T) {
	const olderMain = "messagingMessage readAllAntennas readAllChannels readAllMessagingMessages readAllUnreadMentions readAllUnreadSpecifiedNotes " +
		"readNotifications unreadChannel unreadMention unreadMessagingMessage unreadSpecifiedNote -announcementCreated -newChatMessage -notificationFlushed"
	const bare = "homeTimeline() localTimeline() hybridTimeline() globalTimeline() userList(listId) hashtag(q) antenna(antennaId) channel(channelId)"
	want := map[string]dialectFacts{
		"misskey": {
			socket: "header ping 60 silence 120 limit 32",
			params: "homeTimeline(withRenotes? withFiles?) localTimeline(withRenotes? withReplies? withFiles?) hybridTimeline(withRenotes? withReplies? withFiles?) " +
				"globalTimeline(withRenotes? withFiles?) userList(listId withRenotes? withFiles?) hashtag(q) roleTimeline(roleId) antenna(antennaId) channel(channelId)",
		},
		"misskey-12": {
			socket:   "query ping 0 silence 0 limit 0 text",
			channels: "messaging messagingIndex -chatRoom -chatUser -reversi -reversiGame -roleTimeline",
			main:     olderMain,
			requests: "api(call) typingOnChannel(request) typingOnMessaging(request)",
			params:   bare,
		},
		"misskey-13": {
			socket:   "query ping 0 silence 0 limit 0 text",
			channels: "messaging messagingIndex -chatRoom -chatUser -reversi -reversiGame -roleTimeline",
			main:     olderMain,
			requests: "typingOnChannel(request) typingOnMessaging(request)",
			params:   bare,
		},
		"misskeyio": {
			socket:   "header ping 60 silence 120 limit 32",
			channels: "-serverStats",
			params: "homeTimeline(withRenotes? withFiles? minimize? dimension?) localTimeline(withRenotes? withReplies? withFiles? minimize? dimension?) " +
				"hybridTimeline(withRenotes? withReplies? withFiles? minimize? dimension?) globalTimeline(withRenotes? withFiles? minimize? dimension?) " +
				"userList(listId withRenotes? withFiles? minimize?) hashtag(q dimension?) roleTimeline(roleId minimize? dimension?) " +
				"antenna(antennaId minimize?) channel(channelId minimize? dimension?)",
		},
		"cherrypick": {
			socket:   "header ping 60 silence 120 limit 32",
			channels: "bubbleTimeline",
			params: "homeTimeline(withRenotes? withFiles? withCats?) localTimeline(withRenotes? withReplies? withFiles? withCats?) " +
				"hybridTimeline(withRenotes? withReplies? withFiles? withCats?) globalTimeline(withRenotes? withFiles? withCats?) " +
				"userList(listId withRenotes? withFiles?) hashtag(q) roleTimeline(roleId) antenna(antennaId) channel(channelId) " +
				"bubbleTimeline(withRenotes? withFiles? withCats? withBots?)",
		},
	}
	upstream, err := Misskey()
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range Dialects() {
		t.Run(name, func(t *testing.T) {
			s, err := Dialect(name)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want[name], factsOf(s, upstream), cmp.AllowUnexported(dialectFacts{})); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func factsOf(s, upstream *Spec) dialectFacts {
	f := dialectFacts{
		socket:   fmt.Sprintf("%s ping %d silence %d limit %d", s.Socket.Auth, s.Socket.PingSeconds, s.Socket.SilenceSeconds, s.Limits.ChannelsPerConnection),
		channels: difference(channelNames(s), channelNames(upstream)),
		main:     difference(messageNames(channelOf(s, "main").Events.Events), messageNames(channelOf(upstream, "main").Events.Events)),
	}
	if s.Socket.TextPing {
		f.socket += " text"
	}
	var requests, there, params []string
	for _, r := range upstream.Requests {
		there = append(there, fmt.Sprintf("%s(%s)", r.Name, r.Role))
	}
	for _, r := range s.Requests {
		requests = append(requests, fmt.Sprintf("%s(%s)", r.Name, r.Role))
	}
	f.requests = difference(requests, there)
	for _, c := range s.Channels {
		if sends(c.Events, "note") {
			params = append(params, fmt.Sprintf("%s(%s)", c.Name, strings.Join(fieldNames(c.Params), " ")))
		}
	}
	f.params = strings.Join(params, " ")
	return f
}

// difference lists what is in one list and not in the other, sorted, and what
// is in the other only, with a minus.
func difference(here, there []string) string {
	var more, less []string
	for _, name := range here {
		if !slices.Contains(there, name) {
			more = append(more, name)
		}
	}
	for _, name := range there {
		if !slices.Contains(here, name) {
			less = append(less, "-"+name)
		}
	}
	slices.Sort(more)
	slices.Sort(less)
	return strings.Join(append(more, less...), " ")
}

// sends reports whether a set has an event, its own or included.
func sends(set *EventSet, name string) bool {
	return slices.Contains(messageNames(set.Events), name) ||
		slices.ContainsFunc(set.Includes, func(ref *SetRef) bool { return sends(ref.Set, name) })
}

// TestDialectsClaimNothingMeasured holds that what dialects but upstream's add
// says that it was only read: no server of theirs was measured.
func TestDialectsClaimNothingMeasured(t *testing.T) {
	for _, name := range Dialects() {
		s, err := Dialect(name)
		if err != nil || s.Extends == nil {
			continue
		}
		if len(s.Checked) > 0 || len(s.Seen) > 0 || s.Seen == nil || s.Since == "" {
			t.Errorf("%s: checked on %v, seen on %v, since %q", name, s.Checked, s.Seen, s.Since)
		}
		for _, c := range s.Channels {
			if strings.HasPrefix(c.File, "dialects/") && len(c.Seen) > 0 {
				t.Errorf("%s: the channel %s was seen on %v", name, c.Name, c.Seen)
			}
			for _, p := range c.Params {
				if strings.HasPrefix(p.File, "dialects/") && len(p.Seen) > 0 {
					t.Errorf("%s: the param %s of %s was seen on %v", name, p.Name, c.Name, p.Seen)
				}
			}
		}
	}
}
