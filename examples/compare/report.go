package main

import (
	"encoding/json"
	"io"
	"runtime"
	"strings"
)

// machine is what the figures were measured on.
type machine struct {
	Go         string `json:"go"`
	System     string `json:"system"` // as in linux/amd64
	Processors int    `json:"processors"`
	MisskeyJS  string `json:"misskeyJS,omitzero"` // its version; that of Node likewise
	Node       string `json:"node,omitzero"`
}

func thisMachine() machine {
	return machine{Go: runtime.Version(), System: runtime.GOOS + "/" + runtime.GOARCH, Processors: runtime.NumCPU()}
}

// report is what -json writes: every outcome of every round, and the goals.
type report struct {
	Machine      machine       `json:"machine"`
	Rounds       int           `json:"rounds"`
	Notes        int           `json:"notes"`
	HalfRate     float64       `json:"halfRate,omitzero"` // notes a second, see goal 5
	Measurements []measurement `json:"measurements"`
	Goals        []judged      `json:"goals"`
}

type measurement struct {
	Arrangement string    `json:"arrangement"`
	Client      string    `json:"client"`
	Rounds      []outcome `json:"rounds"`
	Absent      string    `json:"absent,omitzero"` // why there are no rounds
}

type judged struct {
	Goal     int      `json:"goal"`
	What     string   `json:"what"`
	Required bool     `json:"required"`
	Figure   *summary `json:"figure"` // null if it was not measured
	Unit     string   `json:"unit,omitzero"`
	Least    *float64 `json:"atLeast,omitempty"`
	Most     *float64 `json:"atMost,omitempty"`
	Reached  *bool    `json:"reached"`           // likewise
	Stretch  *float64 `json:"stretch,omitempty"` // that is wanted beyond
	Beyond   *bool    `json:"stretchReached,omitempty"`
	Missing  string   `json:"notMeasured,omitzero"` // why
}

func newReport(s settings, m machine, rate float64, r *results) report {
	rep := report{Machine: m, Rounds: s.rounds, Notes: s.notes, HalfRate: rate, Measurements: []measurement{}}
	for _, k := range r.keys() {
		m := measurement{Arrangement: k.arrangement, Client: k.client, Rounds: r.outcomes[k]}
		if m.Rounds == nil {
			m.Rounds, m.Absent = []outcome{}, r.absent[k].Error()
		}
		rep.Measurements = append(rep.Measurements, m)
	}
	for _, v := range judge(s, r) {
		j := judged{Goal: v.number, What: v.what, Required: v.required, Unit: v.unit}
		if v.atLeast {
			j.Least = &v.limit
		} else {
			j.Most = &v.limit
		}
		if v.stretch != 0 {
			j.Stretch = &v.stretch
		}
		if v.missing != nil {
			j.Missing = v.missing.Error()
		} else {
			j.Figure = &v.figure
			reached := v.reached(v.figure.Median, v.limit)
			j.Reached = &reached
			if v.stretch != 0 {
				beyond := v.reached(v.figure.Median, v.stretch)
				j.Beyond = &beyond
			}
		}
		rep.Goals = append(rep.Goals, j)
	}
	return rep
}

func (r report) write(w io.Writer) error {
	lines := json.NewEncoder(w)
	lines.SetIndent("", "  ")
	return lines.Encode(r)
}

// firstLine is an error in a table's cell.
func firstLine(err error) string {
	line, _, _ := strings.Cut(err.Error(), "\n")
	return strings.ReplaceAll(line, "|", "/")
}
