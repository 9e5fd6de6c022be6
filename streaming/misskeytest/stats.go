package misskeytest

import (
	"encoding/json"
	"slices"
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

// statsLog is the last statistics, the latest first.
type statsLog []json.RawMessage

func (l *statsLog) add(entry json.RawMessage) {
	*l = slices.Insert(*l, 0, entry)
	if len(*l) > statsLogLength {
		*l = (*l)[:statsLogLength]
	}
}

func (s *Server) publishServerStats() {
	entry := marshal(serverStats{
		CPU: 0.25,
		Mem: memoryStats{Used: 1 << 30, Active: 1 << 30},
		Net: networkStats{RX: 1.5, TX: 2.5},
		FS:  diskStats{R: 0.5, W: 1},
	})
	s.serverStats.add(entry)
	s.publish(topic{"serverStats", ""}, "stats", entry)
}

func (s *Server) publishQueueStats() {
	entry := marshal(queueStats{})
	s.queueStats.add(entry)
	s.publish(topic{"queueStats", ""}, "stats", entry)
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

func (c *channelConn) sendLog(log statsLog, request object) {
	length, ok := request.number("length")
	if !ok {
		length = statsLogPage
	}
	entries := log[:max(0, min(len(log), int(whole(length))))]
	if entries == nil {
		entries = statsLog{}
	}
	c.emit(c.socket.server.newEvent("statsLog", entries))
}
