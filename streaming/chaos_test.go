package streaming_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/misskeyactor/misskeyactor/streaming"
	"github.com/misskeyactor/misskeyactor/streaming/misskey"
	"github.com/misskeyactor/misskeyactor/streaming/misskeytest"
)

// TestChaos lets several hundred subscriptions live through everything that can
// go wrong, and holds what they heard against what was said. What goes wrong is
// a function of the seed, which is printed; when it does is not.
//
//	MISSKEY_CHAOS=60s MISSKEY_CHAOS_SEED=7 go test ./streaming -run TestChaos -race
func TestChaos(t *testing.T) {
	length := 3 * time.Second
	if given := os.Getenv("MISSKEY_CHAOS"); given != "" {
		var err error
		if length, err = time.ParseDuration(given); err != nil {
			t.Fatalf("MISSKEY_CHAOS: %v", err)
		}
	}
	seed := uint64(time.Now().UnixNano())
	if given := os.Getenv("MISSKEY_CHAOS_SEED"); given != "" {
		var err error
		if seed, err = strconv.ParseUint(given, 10, 64); err != nil {
			t.Fatalf("MISSKEY_CHAOS_SEED: %v", err)
		}
	}
	t.Logf("MISSKEY_CHAOS=%v MISSKEY_CHAOS_SEED=%d", length, seed)

	c := newChaos(t, seed)
	c.subscribeAll()
	publishing := make(chan struct{})
	var publisher sync.WaitGroup
	publisher.Go(func() { c.publishUntil(publishing) })
	c.goWrongFor(length)
	c.recover()
	close(publishing)
	publisher.Wait()
	c.sayLastWords()
	c.checkServerSide()
	c.checkRecords()
	events, gaps := c.tally()
	t.Logf("%d events said, %d heard, %d gaps, %d sockets, faults: %v", len(c.said), events, gaps, len(c.srv.PastSockets())+len(c.srv.Sockets()), c.struck)
}

// chaosWait bounds what chaos waits for. Machines may be busy; the test that
// breaks the runtime is in a hurry and sets MISSKEY_CHAOS_PATIENCE.
var chaosWait = func() time.Duration {
	if given, err := time.ParseDuration(os.Getenv("MISSKEY_CHAOS_PATIENCE")); err == nil {
		return given
	}
	return time.Minute
}()

// How many there are of what.
const (
	chaosTags     = 150 // one hashtag subscription each
	chaosHomes    = 20
	chaosLocals   = 20
	chaosMains    = 3
	chaosCaptures = 150
)

type chaos struct {
	t      *testing.T
	rng    *rand.Rand // of the faults
	srv    *misskeytest.Server
	bot    *misskeytest.User
	alice  *misskeytest.User
	client *streaming.Client
	notes  []misskey.NoteID // captured
	struck map[string]int

	wanted []*wanted // those that shall be live in the end; the test's goroutine alone changes it

	mu     sync.Mutex // publishing is one thing after the other
	all    []*wanted  // those that were closed as well
	said   []saying
	nextID int
}

// saying is one thing that was said: to everybody who wants its topic.
type saying struct {
	number int
	topics []string
}

// wanted is one subscription, what it should hear and what it did.
type wanted struct {
	name  string
	topic string
	sub   *streaming.Subscription
	close bool // it was closed by the test

	mu     sync.Mutex
	since  int // index of the first saying that it has to account for; -1 = not live yet
	record []heard
}

// heard is a saying, or a gap.
type heard struct {
	number int
	gap    bool
}

func (w *wanted) hear(h heard) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.record = append(w.record, h)
}

func (w *wanted) last() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, h := range slices.Backward(w.record) {
		if !h.gap {
			return h.number
		}
	}
	return 0
}

// number finds the number of a saying in a text.
func number(text string) int {
	_, rest, _ := strings.Cut(text, "No.")
	rest, _, _ = strings.Cut(rest, " ")
	n, _ := strconv.Atoi(rest)
	return n
}

// chaosTimeline records what a timeline brings.
type chaosTimeline struct {
	streaming.UnimplementedTimelineHandler
	*wanted
}

func (h chaosTimeline) OnNote(_ context.Context, e *streaming.TimelineNote) error {
	h.hear(heard{number: number(e.Note.Text.Or(""))})
	return nil
}

func (h chaosTimeline) OnGap(context.Context, *streaming.Gap) error {
	h.hear(heard{gap: true})
	return nil
}

// chaosMain records the mentions.
type chaosMain struct {
	streaming.UnimplementedMainHandler
	*wanted
}

func (h chaosMain) OnMention(_ context.Context, e *streaming.MainMention) error {
	h.hear(heard{number: number(e.Note.Text.Or(""))})
	return nil
}

func (h chaosMain) OnGap(context.Context, *streaming.Gap) error {
	h.hear(heard{gap: true})
	return nil
}

// chaosNote records the reactions.
type chaosNote struct {
	streaming.UnimplementedNoteHandler
	*wanted
}

func (h chaosNote) OnReacted(_ context.Context, e *streaming.NoteReacted) error {
	h.hear(heard{number: number(e.Reaction)})
	return nil
}

func (h chaosNote) OnGap(context.Context, *streaming.Gap) error {
	h.hear(heard{gap: true})
	return nil
}

func newChaos(t *testing.T, seed uint64) *chaos {
	t.Helper()
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { goleak.VerifyNone(t, leaks) })
	srv := misskeytest.NewServer(misskeytest.WithPingInterval(200*time.Millisecond), misskeytest.WithSeed(seed))
	t.Cleanup(srv.Close)
	c := &chaos{
		t: t, rng: rand.New(rand.NewPCG(seed, 0)), srv: srv,
		bot: srv.AddUser("bot"), alice: srv.AddUser("alice"), struck: map[string]int{},
	}
	c.bot.Follow(c.alice)
	for range chaosCaptures {
		c.notes = append(c.notes, c.alice.Post("to be captured").ID)
	}
	ctx, cancel := context.WithTimeout(context.Background(), chaosWait)
	defer cancel()
	var err error
	c.client, err = streaming.Connect(ctx, srv.URL, streaming.WithToken(c.bot.Token()), streaming.WithLogger(slog.New(slog.DiscardHandler)),
		streaming.WithBackoff(5*time.Millisecond, 100*time.Millisecond), streaming.WithAckTimeout(400*time.Millisecond),
		streaming.WithLiveness(100*time.Millisecond, 800*time.Millisecond), streaming.WithDialTimeout(500*time.Millisecond),
		streaming.WithDialRate(1000), streaming.WithLinger(50*time.Millisecond), streaming.WithCapturesPerConnection(40))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), chaosWait)
		defer cancel()
		if err := c.client.Close(ctx); err != nil {
			t.Error(err)
		}
	})
	return c
}

func (c *chaos) subscribeAll() {
	for i := range chaosTags {
		c.subscribe("tag" + strconv.Itoa(i))
	}
	for range chaosHomes {
		c.subscribe("home")
	}
	for range chaosLocals {
		c.subscribe("local")
	}
	for range chaosMains {
		c.subscribe("main")
	}
	for _, id := range c.notes {
		c.subscribe("note" + string(id))
	}
	for _, w := range c.wanted {
		c.account(w)
	}
}

// subscribe subscribes to a topic. Some handlers have little room, so that
// they overflow.
func (c *chaos) subscribe(topic string) *wanted {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), chaosWait)
	defer cancel()
	w := &wanted{topic: topic, since: -1}
	room := streaming.DropOldest(1000)
	if c.rng.IntN(10) == 0 {
		room = streaming.DropNewest(1 + c.rng.IntN(3))
	}
	var err error
	switch {
	case topic == "home":
		var s *streaming.HomeTimelineSubscription
		if s, err = c.client.HomeTimeline(ctx, streaming.HomeTimelineParams{}, chaosTimeline{wanted: w}, room); err == nil {
			w.sub = s.Subscription
		}
	case topic == "local":
		var s *streaming.LocalTimelineSubscription
		if s, err = c.client.LocalTimeline(ctx, streaming.LocalTimelineParams{}, chaosTimeline{wanted: w}, room); err == nil {
			w.sub = s.Subscription
		}
	case topic == "main":
		var s *streaming.MainSubscription
		if s, err = c.client.Main(ctx, chaosMain{wanted: w}, room); err == nil {
			w.sub = s.Subscription
		}
	case strings.HasPrefix(topic, "tag"):
		var s *streaming.HashtagSubscription
		if s, err = c.client.Hashtag(ctx, streaming.HashtagParams{Query: [][]string{{topic}}}, chaosTimeline{wanted: w}, room); err == nil {
			w.sub = s.Subscription
		}
	default:
		var s *streaming.NoteCapture
		if s, err = c.client.Capture(ctx, misskey.NoteID(strings.TrimPrefix(topic, "note")), chaosNote{wanted: w}, room); err == nil {
			w.sub = s.Subscription
		}
	}
	if err != nil {
		c.t.Fatalf("subscribing to %s: %v", topic, err)
	}
	w.name = fmt.Sprintf("%s (%s)", topic, w.sub.ID()[:8])
	c.wanted = append(c.wanted, w)
	c.mu.Lock()
	c.all = append(c.all, w)
	c.mu.Unlock()
	return w
}

// account waits until a subscription is live: from then on it has to hear, or be
// told that it does not. A capture is live when the server has been asked for
// it, and counts from when the server has it.
func (c *chaos) account(w *wanted) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), chaosWait)
	defer cancel()
	if err := w.sub.WaitLive(ctx); err != nil {
		c.t.Fatalf("%s: %v", w.name, err)
	}
	if id, ok := strings.CutPrefix(w.topic, "note"); ok {
		if err := c.srv.Wait(ctx, func() bool { return c.captured(misskey.NoteID(id)) > 0 }); err != nil {
			c.t.Fatalf("%s: the server has not got it", w.name)
		}
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	w.mu.Lock()
	defer w.mu.Unlock()
	w.since = len(c.said)
}

func (c *chaos) captured(id misskey.NoteID) (n int) {
	for _, k := range c.srv.Sockets() {
		n += k.Captures()[id]
	}
	return n
}

// publishUntil says one thing after the other.
func (c *chaos) publishUntil(stop <-chan struct{}) {
	rng := rand.New(rand.NewPCG(1, 1))
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-stop:
			return
		case <-tick.C:
		}
		switch rng.IntN(4) {
		case 0:
			c.say("main")
		case 1:
			c.say("tag" + strconv.Itoa(rng.IntN(chaosTags)))
		default:
			c.say("note" + string(c.notes[rng.IntN(len(c.notes))]))
		}
	}
}

// say makes an event for the subscriptions to a topic, and returns its number.
func (c *chaos) say(topic string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.nextID++
	n := c.nextID
	topics := []string{topic, "home", "local"}
	text := fmt.Sprintf("No.%d ", n)
	if id, ok := strings.CutPrefix(topic, "note"); ok {
		topics = topics[:1]
		c.srv.PublishUpdate(misskey.NoteID(id), "reacted", map[string]any{"reaction": text, "emoji": nil, "userId": c.alice.ID})
	} else if topic == "main" {
		c.alice.Post(text + "@bot")
	} else {
		c.alice.Post(text + "#" + topic)
	}
	c.said = append(c.said, saying{number: n, topics: topics})
	return n
}

// goWrongFor makes one thing after the other go wrong.
func (c *chaos) goWrongFor(d time.Duration) {
	end := time.Now().Add(d)
	for time.Now().Before(end) {
		c.goWrong()
		time.Sleep(time.Duration(10+c.rng.IntN(60)) * time.Millisecond) // the pace of the faults: nothing waits for it
	}
}

func (c *chaos) goWrong() {
	var one []misskeytest.Target
	pick := c.rng.Uint32() // drawn in any case: what comes next is the seed's, however many sockets there are
	if sockets := c.srv.Sockets(); len(sockets) > 0 {
		one = append(one, misskeytest.OnSocket(sockets[int(pick)%len(sockets)]))
	}
	few := 1 + c.rng.IntN(8)
	soon := 1 + c.rng.IntN(200)
	late := time.Duration(c.rng.IntN(400)) * time.Millisecond
	inject := func(f misskeytest.Fault, targets ...misskeytest.Target) {
		c.struck[f.String()]++
		i := c.srv.Inject(f, targets...)
		time.AfterFunc(late+50*time.Millisecond, i.Stop)
	}
	switch c.rng.IntN(20) {
	case 0:
		inject(misskeytest.Drop(), one...)
	case 1:
		inject(misskeytest.Drop().On(soon))
	case 2:
		inject(misskeytest.HalfOpen(), one...)
	case 3:
		inject(misskeytest.StallReads(), one...)
	case 4:
		inject(misskeytest.SlowWrites(c.rng.IntN(20_000)), one...)
	case 5:
		inject(misskeytest.SilentRefusal().Times(few))
	case 6:
		// What the client gives up for lost goes on for ever.
		late = max(late, 500*time.Millisecond)
		inject(misskeytest.LostAck().Times(few))
		inject(misskeytest.EventsAfterDisconnect().Times(few))
	case 7:
		inject(misskeytest.LateAck(late).Times(few))
	case 8:
		inject(misskeytest.SlowOpen(late).Times(few))
	case 9:
		inject(misskeytest.ReorderedAcks(2 + few))
	case 10:
		inject(misskeytest.EventsAfterDisconnect().Times(few))
	case 11:
		inject(misskeytest.CloseWith(1012, "chaos"), one...)
	case 12:
		inject(misskeytest.Garbage(), one...)
	case 13:
		inject(misskeytest.Oversized(2<<20), one...)
	case 14:
		inject(misskeytest.RejectHandshake(502, nil, "<html>bad gateway</html>").Times(few))
	case 15:
		inject(misskeytest.RejectHandshake(429, http.Header{"Retry-After": {"0"}}, "").Times(few))
	case 16:
		inject(misskeytest.HangHandshake().Times(1))
		inject(misskeytest.CutHandshake().Times(few))
	case 17:
		c.struck["restart"]++
		c.srv.Stop()
		time.Sleep(late / 4) // as long as the server is away
		c.srv.Start()
	case 18:
		c.struck["reconnect"]++
		c.client.Reconnect()
	default:
		c.struck["replaced subscription"]++
		i := c.rng.IntN(len(c.wanted))
		old := c.wanted[i]
		c.wanted = slices.Delete(c.wanted, i, i+1)
		old.close = true
		old.sub.Close()
		c.subscribe(old.topic)
	}
}

// recover waits until everything that is wanted is live.
func (c *chaos) recover() {
	for _, w := range c.wanted {
		w.mu.Lock()
		fresh := w.since < 0
		w.mu.Unlock()
		if fresh {
			c.account(w)
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), chaosWait)
	defer cancel()
	for _, w := range c.wanted {
		if err := w.sub.WaitLive(ctx); err != nil {
			c.t.Errorf("%s: %v", w.name, err)
		}
	}
}

// serverSide returns what is not as it should be on the server: every wanted
// subscription is there, and exactly once.
func (c *chaos) serverSide() (complaints []string) {
	want, got := map[string]int{}, map[string]int{}
	for _, w := range c.wanted {
		switch {
		case w.topic == "main" || strings.HasPrefix(w.topic, "note"):
			want[w.topic] = 1 // shared
		default:
			want[w.topic]++
		}
	}
	for _, k := range c.srv.Sockets() {
		for _, conn := range k.Connections() {
			if conn.Stray || conn.Silent {
				continue
			}
			switch conn.Channel {
			case "homeTimeline":
				got["home"]++
			case "localTimeline":
				got["local"]++
			case "main":
				got["main"]++
			case "hashtag":
				_, tag, _ := strings.Cut(string(conn.Params), `[["`)
				tag, _, _ = strings.Cut(tag, `"`)
				got[tag]++
			}
		}
		for id, n := range k.Captures() {
			got["note"+string(id)] += n
		}
	}
	for topic, n := range want {
		if got[topic] != n {
			complaints = append(complaints, fmt.Sprintf("the server has %s %d times, want %d", topic, got[topic], n))
		}
	}
	for topic, n := range got {
		if want[topic] == 0 {
			complaints = append(complaints, fmt.Sprintf("the server has %s %d times, want it not", topic, n))
		}
	}
	slices.Sort(complaints)
	return complaints
}

// checkServerSide waits until the server has what is wanted. It may take its
// time to notice that a half-open socket is none any more.
func (c *chaos) checkServerSide() {
	ctx, cancel := context.WithTimeout(context.Background(), chaosWait)
	defer cancel()
	if err := c.srv.Wait(ctx, func() bool { return len(c.serverSide()) == 0 }); err != nil {
		for _, complaint := range c.serverSide() {
			c.t.Error(complaint)
		}
	}
}

// sayLastWords says things until every subscription has heard one of them: from
// then on nothing is on its way any more. It may take several, since a socket may
// be half-open still, and an inbox full.
func (c *chaos) sayLastWords() {
	deadline := time.Now().Add(chaosWait)
	waiting := slices.Clone(c.wanted)
	said := map[*wanted]int{} // the first of the last words
	for len(waiting) > 0 && time.Now().Before(deadline) {
		last := map[string]int{"home": c.say("tag0")}
		last["local"] = last["home"]
		for _, w := range waiting {
			if last[w.topic] == 0 {
				last[w.topic] = c.say(w.topic)
			}
			if said[w] == 0 {
				said[w] = last[w.topic]
			}
		}
		for patience := time.Now().Add(200 * time.Millisecond); len(waiting) > 0 && time.Now().Before(patience); time.Sleep(time.Millisecond) {
			waiting = slices.DeleteFunc(waiting, func(w *wanted) bool { return w.last() >= said[w] })
		}
	}
	for _, w := range waiting {
		c.t.Errorf("%s has heard nothing after No.%d, want No.%d; it is %s", w.name, w.last(), said[w], w.sub.State())
	}
}

// checkRecords holds what was heard against what was said: nothing twice, nothing
// in another order, and nothing missing but where a gap stands.
func (c *chaos) checkRecords() {
	c.mu.Lock()
	defer c.mu.Unlock()
	due := map[string][]int{} // indexes of sayings, by topic
	for i, s := range c.said {
		for _, topic := range s.topics {
			due[topic] = append(due[topic], i)
		}
	}
	for _, w := range c.all {
		if err := w.check(c.said, due[w.topic]); err != nil {
			c.t.Errorf("%s: %v", w.name, err)
		}
	}
}

var (
	errTwice = errors.New("heard twice or in another order")
	errLost  = errors.New("lost without a gap")
	errWrong = errors.New("heard what was not said to it")
)

func (w *wanted) check(said []saying, due []int) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	var before, next int // number last heard; place in due
	gap := false
	for _, h := range w.record {
		if h.gap {
			gap = true
			continue
		}
		if h.number <= before {
			return fmt.Errorf("%w: No.%d after No.%d", errTwice, h.number, before)
		}
		before = h.number
		for next < len(due) && said[due[next]].number < h.number {
			if !gap && w.since >= 0 && due[next] >= w.since {
				return fmt.Errorf("%w: No.%d, before No.%d", errLost, said[due[next]].number, h.number)
			}
			next++
		}
		if next == len(due) || said[due[next]].number != h.number {
			return fmt.Errorf("%w: No.%d", errWrong, h.number)
		}
		next++
		gap = false
	}
	return nil
}

// tally counts what all subscriptions have heard.
func (c *chaos) tally() (events, gaps int) {
	for _, w := range c.all {
		w.mu.Lock()
		for _, h := range w.record {
			if h.gap {
				gaps++
			} else {
				events++
			}
		}
		w.mu.Unlock()
	}
	return events, gaps
}
