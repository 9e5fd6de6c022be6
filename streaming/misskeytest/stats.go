package misskeytest

import (
	"encoding/json"
	"time"
)

const (
	serverStatsEvery = 2 * time.Second
	queueStatsEvery  = 10 * time.Second
	// statsLogLength is how many statistics of a kind are kept, statsLogPage how
	// many are sent to who does not say.
	statsLogLength = 200
	statsLogPage   = 50
)

// serverStats is what the machine is doing. The figures are made up and stay
// the same.
type serverStats struct {
	CPU float64      `json:"cpu"`
	Mem memoryStats  `json:"mem"`
	Net networkStats `json:"net"`
	FS  diskStats    `json:"fs"`
}

type memoryStats struct {
	Used   int64 `json:"used"`
	Active int64 `json:"active"`
}

type networkStats struct {
	RX float64 `json:"rx"`
	TX float64 `json:"tx"`
}

type diskStats struct {
	R float64 `json:"r"`
	W float64 `json:"w"`
}

// queueStats is what the job queues are doing: nothing.
type queueStats struct {
	Deliver queueState `json:"deliver"`
	Inbox   queueState `json:"inbox"`
}

type queueState struct {
	ActiveSincePrevTick int `json:"activeSincePrevTick"`
	Active              int `json:"active"`
	Waiting             int `json:"waiting"`
	Delayed             int `json:"delayed"`
}

var (
	machineFigures = serverStats{
		CPU: 0.25,
		Mem: memoryStats{Used: 1 << 30, Active: 1 << 30},
		Net: networkStats{RX: 1.5, TX: 2.5},
		FS:  diskStats{R: 0.5, W: 1},
	}
	queueFigures = queueStats{}
)

// statistics are figures that are taken again and again, sent on a channel and
// kept for a while. As they are always the same, those that are kept need only be
// counted.
type statistics struct {
	*ticker
	figures   json.RawMessage
	forgotten int64 // how many of those taken are gone
}

// newStatistics makes statistics that are taken every so often, 0 being never.
func (s *Server) newStatistics(channel string, every time.Duration, figures any) *statistics {
	t, raw := topic{channel, ""}, marshal(figures)
	return &statistics{figures: raw, ticker: s.newTicker(every,
		func() { s.publish(t, "stats", raw) },
		func() bool { return s.topics[t] != nil },
	)}
}

// kept returns the statistics that are kept, but no more than most, the latest
// first.
func (l *statistics) kept(most int) []json.RawMessage {
	n := min(int64(most), l.passed()-l.forgotten, statsLogLength)
	all := make([]json.RawMessage, max(0, n))
	for i := range all {
		all[i] = l.figures
	}
	return all
}

func (l *statistics) forget() { l.forgotten = l.passed() }

func serverStatsOf(s *Server) *statistics { return s.serverStats }

func queueStatsOf(s *Server) *statistics { return s.queueStats }

// wakeStats makes the statistics of a channel, if it has any, come again.
func (c *channelConn) wakeStats() {
	if c.rule.stats != nil {
		c.rule.stats(c.socket.server).wake()
	}
}

// WithoutServerStats makes a server whose administrator has not turned the
// machine's statistics on: serverStats can be connected and is silent.
func WithoutServerStats() Option { return func(cfg *config) { cfg.noMachine = true } }

// serverStatsReceive answers `requestLog` {id, length}, on the asking connection
// only. The id may be anything.
func serverStatsReceive(c *channelConn, typ string, body json.RawMessage) {
	request, ok := toObject(body)
	if typ != "requestLog" || !ok || c.socket.server.config.noMachine {
		return
	}
	c.sendLog(c.socket.server.serverStats, request)
}

// queueStatsReceive does the same, but ignores an id that is no string.
func queueStatsReceive(c *channelConn, typ string, body json.RawMessage) {
	request, ok := toObject(body)
	if typ != "requestLog" || !ok {
		return
	}
	if _, ok := request.text("id"); !ok {
		return
	}
	c.sendLog(c.socket.server.queueStats, request)
}

func (c *channelConn) sendLog(log *statistics, request object) {
	most, ok := request.integer("length")
	if !ok {
		most = statsLogPage
	}
	c.emit(c.socket.server.newEvent("statsLog", log.kept(most)))
}
