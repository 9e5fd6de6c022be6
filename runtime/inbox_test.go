package runtime

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"
)

// The inbox against a slice: every event that went in comes out once, in
// order, or is counted by the gap that stands where it is missing.
func TestInboxLosesNothingWithoutAGap(t *testing.T) {
	for _, policy := range []Overflow{OverflowDropOldest, OverflowDropNewest, OverflowLatest} {
		for seed := range uint64(300) {
			t.Run(fmt.Sprintf("policy %d seed %d", policy, seed), func(t *testing.T) {
				rng := rand.New(rand.NewPCG(seed, 1))
				var in inbox
				in.init(subscribeConfig{overflow: policy, events: 1 + rng.IntN(5), bytes: 1 + rng.IntN(40)})
				var pushed, taken, lost, dropped int
				take := func() bool {
					it, ok, _ := in.take()
					if !ok {
						return false
					}
					if it.gap != nil {
						if it.gap.Cause == GapOverflow {
							lost += int(it.gap.Lost)
							taken += int(it.gap.Lost) // the events it stands for
						}
						return true
					}
					if want := fmt.Sprint(taken); it.typ != want {
						t.Fatalf("took %s, want %s", it.typ, want)
					}
					taken++
					return true
				}
				now := time.Unix(0, 0)
				for range 200 {
					now = now.Add(time.Second)
					switch rng.IntN(8) {
					case 0, 1, 2, 3:
						p := in.push(&item{typ: fmt.Sprint(pushed), frame: string(make([]byte, rng.IntN(15))), key: fmt.Sprint(rng.IntN(4)), received: now})
						dropped += p.dropped
						pushed++
					case 4, 5, 6:
						take()
					case 7:
						in.beginGap(now, GapReconnect)
					}
					if n, bytes := in.depth(); n > in.maxEvents || n > 1 && bytes > in.maxBytes {
						t.Fatalf("holds %d events and %d bytes", n, bytes)
					}
					if i, ok := twoOfACause(&in); ok {
						t.Fatalf("two gaps of one cause at %d without an event between", i)
					}
				}
				for take() {
				}
				if taken != pushed || lost != dropped {
					t.Errorf("%d pushed, %d taken or announced; %d dropped, %d announced", pushed, taken, dropped, lost)
				}
			})
		}
	}
}

func TestInboxGapsStandInOrderOfTime(t *testing.T) {
	var in inbox
	in.init(subscribeConfig{overflow: OverflowDropOldest, events: 2, bytes: 1 << 20})
	at := func(s int64) time.Time { return time.Unix(s, 0) }
	push := func(s int64) { in.push(&item{typ: fmt.Sprint(s), frame: "x", received: at(s)}) }
	push(1)
	in.beginGap(at(1), GapReconnect)
	in.beginGap(at(2), GapReconnect) // the first one counts
	push(5)
	push(6) // drops 1
	push(7) // drops 5
	in.beginGap(at(7), GapReconnect)
	in.resume(at(9))
	in.resume(at(10)) // nothing to end
	var got []string
	for {
		it, ok, _ := in.take()
		if !ok {
			break
		}
		if it.gap != nil {
			got = append(got, fmt.Sprintf("%s of %d from %d to %d", it.gap.Cause, it.gap.Lost, it.gap.From.Unix(), it.gap.To.Unix()))
		} else {
			got = append(got, it.typ)
		}
	}
	want := "[overflow of 2 from 1 to 7 reconnect of 0 from 1 to 5 6 7 reconnect of 0 from 7 to 9]"
	if fmt.Sprint(got) != want {
		t.Errorf("got  %v\nwant %s", got, want)
	}
}

// twoOfACause finds a place where two gaps of one cause have no event between.
func twoOfACause(in *inbox) (place int, found bool) {
	seen := make(map[GapCause]bool)
	for i := range in.n {
		switch g := in.at(i).gap; {
		case g == nil:
			clear(seen)
		case seen[g.Cause]:
			return i, true
		default:
			seen[g.Cause] = true
		}
	}
	return 0, false
}

// A handler that hangs for days must not gather a gap for every socket that
// comes and goes meanwhile.
func TestInboxThatNobodyEmptiesDoesNotGrowWithItsGaps(t *testing.T) {
	var in inbox
	in.init(subscribeConfig{overflow: OverflowDropOldest, events: 2, bytes: 1 << 20})
	now := time.Unix(0, 0)
	for range 1000 {
		for range 3 {
			now = now.Add(time.Second)
			in.push(&item{typ: "x", received: now})
		}
		in.beginGap(now, GapReconnect)
		in.resume(now)
	}
	if in.n > 8 {
		t.Errorf("%d items for 2 events", in.n)
	}
	if it, _, _ := in.take(); it.gap == nil || it.gap.Lost != 2998 {
		t.Errorf("the first item is %+v, want a gap of 2998", it.gap)
	}
}

func TestInboxThatKeepsTheLatestLosesTheSupersededOnly(t *testing.T) {
	for seed := range uint64(300) {
		rng := rand.New(rand.NewPCG(seed, 2))
		keys := 1 + rng.IntN(5)
		var in inbox
		in.init(subscribeConfig{overflow: OverflowLatest, events: keys, bytes: 1 << 20})
		last := make(map[string]string)
		for i := range 100 {
			key := fmt.Sprint(rng.IntN(keys))
			in.push(&item{typ: fmt.Sprint(i), key: key})
			last[key] = fmt.Sprint(i)
			if rng.IntN(3) == 0 {
				if it, ok, _ := in.take(); ok && it.gap == nil && last[it.key] == it.typ {
					delete(last, it.key)
				}
			}
		}
		for {
			it, ok, _ := in.take()
			if !ok {
				break
			}
			if it.gap == nil && last[it.key] == it.typ {
				delete(last, it.key)
			}
		}
		if len(last) != 0 || len(in.waiting) != 0 {
			t.Fatalf("seed %d: the latest was lost: %v; still counted: %v", seed, last, in.waiting)
		}
	}
	t.Run("the oldest where none is superseded", func(t *testing.T) {
		var in inbox
		in.init(subscribeConfig{overflow: OverflowLatest, events: 2, bytes: 1 << 20})
		for _, key := range []string{"a", "b", "c"} {
			in.push(&item{typ: key, key: key})
		}
		var got []string
		for it, ok, _ := in.take(); ok; it, ok, _ = in.take() {
			if it.gap == nil {
				got = append(got, it.typ)
			}
		}
		if fmt.Sprint(got) != "[b c]" {
			t.Errorf("kept %v", got)
		}
	})
}

func TestInboxFinishes(t *testing.T) {
	var in inbox
	in.init(subscribeConfig{events: 10, bytes: 100})
	in.push(&item{typ: "1"})
	in.finish(false)
	in.push(&item{typ: "2"})
	if it, ok, done := in.take(); !ok || done || it.typ != "1" {
		t.Errorf("got %v %v %v", it, ok, done)
	}
	if _, ok, done := in.take(); ok || !done {
		t.Error("not done")
	}
	in = inbox{}
	in.init(subscribeConfig{events: 10, bytes: 100})
	in.push(&item{typ: "1"})
	if n := in.finish(true); n != 1 {
		t.Errorf("%d dropped", n)
	}
	if _, ok, done := in.take(); ok || !done {
		t.Error("not done")
	}
}

func TestBackoffIsJitteredAndCapped(t *testing.T) {
	b := backoff{min: 10 * time.Millisecond, max: time.Second}
	for n := range 100 {
		ceiling := min(b.min<<min(n, 20), b.max)
		longest := time.Duration(0)
		for range 200 {
			p := b.pause(n)
			if p <= 0 || p > ceiling {
				t.Fatalf("attempt %d: pause %v, want at most %v", n, p, ceiling)
			}
			longest = max(longest, p)
		}
		if longest < ceiling/2 {
			t.Errorf("attempt %d: longest of 200 pauses is %v of %v", n, longest, ceiling)
		}
	}
}

// TestReferencesAreUTF8: they are made of what nobody has decoded.
func TestReferencesAreUTF8(t *testing.T) {
	for body, want := range map[string]string{`{"id":"a1"}`: "a1", "{\"id\":\"\xff\xfe\"}": "", `{"id":"\u0041"}`: ""} {
		if got := bodyID(body); got != want {
			t.Errorf("the id of %q is %q, want %q", body, got, want)
		}
	}
	set := EventSet{Types: []string{"note"}}
	for typ, want := range map[string]string{"note": "note", "news": "news", "\xff": "\uFFFD"} {
		if got := set.typeOf([]byte(typ)); got != want {
			t.Errorf("the type %q is called %q, want %q", typ, got, want)
		}
	}
}

func TestWhatComesAfterTheEndDoesNotCount(t *testing.T) {
	var in inbox
	in.init(subscribeConfig{events: 10, bytes: 1 << 10})
	in.push(&item{frame: "x"})
	in.connected()
	in.push(&item{frame: "x"})
	in.finish(false)
	in.push(&item{frame: "x"})
	if all, since := in.heard(); all != 2 || since != 1 {
		t.Errorf("%d events came, %d since it was connected, want 2 and 1", all, since)
	}
}
