package main

import (
	"github.com/misskeyactor/misskeyactor/gen/observe"
	"github.com/misskeyactor/misskeyactor/spec"
)

// observeReport is what observe prints with -json.
type observeReport struct {
	Command  string            `json:"command"`
	Counts   countsJSON        `json:"counts"`
	Findings []observationJSON `json:"findings"`
	Unseen   []unseenJSON      `json:"unseen"`
	Stale    []staleReasonJSON `json:"stale"`
	Overlay  string            `json:"overlay"` // "" when there is nothing to offer
}

type countsJSON struct {
	Sockets    uint64 `json:"sockets"`
	In         uint64 `json:"in"`
	Out        uint64 `json:"out"`
	Cut        uint64 `json:"cut"`
	Dropped    uint64 `json:"dropped"`
	Unfollowed uint64 `json:"unfollowed"`
	Unanswered uint64 `json:"unanswered"`
}

type observationJSON struct {
	Code    spec.Code   `json:"code"`
	Path    string      `json:"path"`
	Side    string      `json:"side"` // server or client
	Message string      `json:"message"`
	Count   uint64      `json:"count"`
	Example exampleJSON `json:"example"`
	Reason  string      `json:"reason"`  // "" unless it is accepted
	Offered bool        `json:"offered"` // the overlay cures it
	Unfit   string      `json:"unfit"`   // why the overlay leaves it out, where it does not fit
}

type exampleJSON struct {
	File string `json:"file"`
	Line int    `json:"line"`
	Text string `json:"text"`
}

type unseenJSON struct {
	Path     string   `json:"path"`
	What     string   `json:"what"`
	Expected bool     `json:"expected"`
	At       *posJSON `json:"at"`
}

type staleReasonJSON struct {
	Finding string   `json:"finding"`
	Reason  string   `json:"reason"`
	At      *posJSON `json:"at"`
}

func newObserveReport(command string, r *observe.Report, overlay []byte) observeReport {
	out := observeReport{
		Command: command, Counts: countsJSON(r.Counts), Overlay: string(overlay),
		Findings: make([]observationJSON, len(r.Findings)), Unseen: make([]unseenJSON, len(r.Unseen)), Stale: make([]staleReasonJSON, len(r.Stale)),
	}
	for i, f := range r.Findings {
		out.Findings[i] = observationJSON{f.Code, f.Path, string(f.Side), f.Message, f.Count, exampleJSON(f.Example), f.Reason, f.Offered, f.Unfit}
	}
	for i, u := range r.Unseen {
		out.Unseen[i] = unseenJSON{u.Path, u.What, u.Expected, placeJSON(u.Pos)}
	}
	for i, a := range r.Stale {
		out.Stale[i] = staleReasonJSON{a.Finding, a.Reason, placeJSON(a.Pos)}
	}
	return out
}
