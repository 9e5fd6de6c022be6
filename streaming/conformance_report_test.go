package streaming_test

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/misskeyactor/misskeyactor/spec"
)

// report is what a run of the suite has seen of all that the spec has, and why
// it has not seen the rest. A fact is named as in "main.mention" for an event,
// "reversiGame<-putStone" for a message to a channel, "notification.reply" for
// a kind of notification, "note.reacted" for a capture's event,
// "broadcast.emojiAdded" and "request.readNotification".
type report struct {
	mu      sync.Mutex
	seen    map[string]bool   // every fact of the spec; true = seen
	missing map[string]string // reasons
	others  map[string]string // parts of the suite that are no fact of the spec, and why they were left out
}

// What reasons begin with.
const (
	neverPublished   = "no server publishes it"
	noEndpoint       = "the server has no endpoint "
	spoilsFile       = "it would spoil the token in the file"
	realServersDoNot = "only misskeytest can be made to"
)

func newReport(t *testing.T, of traits) *report {
	t.Helper()
	s, err := spec.Misskey()
	if err != nil {
		t.Fatal(err)
	}
	r := &report{seen: map[string]bool{}, missing: map[string]string{}, others: map[string]string{}}
	for _, ch := range s.Channels {
		r.events(ch.Name, ch.Events)
		for _, m := range ch.Sends {
			r.seen[ch.Name+"<-"+m.Name] = false
		}
	}
	for _, c := range s.Captures {
		r.events(c.Name, c.Events)
	}
	r.events("broadcast", s.Broadcasts)
	for _, q := range s.Requests {
		if q.Role == spec.RoleRequest {
			r.seen["request."+q.Name] = false
		}
	}
	for _, typ := range s.Types {
		if typ.Name == "Notification" {
			for _, v := range typ.Variants {
				r.seen["notification."+v.Tag] = false
			}
		}
	}
	for fact := range r.seen {
		channel := fact[:strings.IndexAny(fact, ".<")]
		if reason, without := of.without[channel]; without {
			r.missing[fact] = reason
		} else if reason, without := of.without[fact]; without {
			r.missing[fact] = reason
		}
	}
	return r
}

func (r *report) events(channel string, set *spec.EventSet) {
	for _, included := range set.Includes {
		r.events(channel, included.Set)
	}
	for _, m := range set.Events {
		r.seen[channel+"."+m.Name] = false
		if m.Unpublished {
			r.missing[channel+"."+m.Name] = neverPublished
		}
	}
}

// saw notes that a fact holds. It reports false for one that the spec has not.
func (r *report) saw(fact string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	_, known := r.seen[fact]
	if known {
		r.seen[fact] = true
	}
	return known
}

// cannot notes why a fact is not seen. What is no fact of the spec is listed
// all the same.
func (r *report) cannot(fact, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if _, known := r.seen[fact]; known {
		r.missing[fact] = reason
	} else {
		r.others[fact] = reason
	}
}

// depends notes that a fact is not seen for the same reason as another.
func (r *report) depends(fact, on string) {
	r.mu.Lock()
	reason := r.missing[on]
	r.mu.Unlock()
	r.cannot(fact, reason)
}

// unseen returns the facts that were not seen, and why; "" for one that nobody
// has tried.
func (r *report) unseen() map[string]string {
	r.mu.Lock()
	defer r.mu.Unlock()
	unseen := map[string]string{}
	for fact, seen := range r.seen {
		if !seen {
			unseen[fact] = r.missing[fact]
		}
	}
	return unseen
}

// log prints the table of what was not seen.
func (r *report) log(t *testing.T) {
	unseen := r.unseen()
	var b strings.Builder
	fmt.Fprintf(&b, "%d of %d facts of the spec seen", len(r.seen)-len(unseen), len(r.seen))
	for _, left := range []map[string]string{unseen, r.others} {
		for _, fact := range slices.Sorted(maps.Keys(left)) {
			fmt.Fprintf(&b, "\n  %-40s %s", fact, left[fact])
		}
	}
	t.Log(b.String())
	for fact, reason := range unseen {
		if reason == "" && !t.Failed() {
			t.Errorf("%s was neither seen nor given up for a reason", fact)
		}
	}
}

// wantMissing fails the test when anything else was not seen, and when any of
// it was.
func (r *report) wantMissing(t *testing.T, want []string) {
	t.Helper()
	got := slices.Sorted(maps.Keys(r.unseen()))
	want = slices.Sorted(slices.Values(want))
	if !slices.Equal(got, want) {
		t.Errorf("not seen\n%q\nwant\n%q", got, want)
	}
}

// wantReasons fails the test when anything was not seen for another reason.
func (r *report) wantReasons(t *testing.T, prefixes ...string) {
	t.Helper()
	for _, left := range []map[string]string{r.unseen(), r.others} {
		for fact, reason := range left {
			if !slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(reason, p) }) {
				t.Errorf("%s was not seen: %s", fact, reason)
			}
		}
	}
}
