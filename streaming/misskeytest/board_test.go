package misskeytest

import (
	"slices"
	"testing"
)

func TestBoard(t *testing.T) {
	tests := []struct {
		name               string
		rows               []string
		looped, everywhere bool
		pos                int
		want               []string // nil = forbidden
		turn, over         bool
	}{
		{"turns a line", []string{"-wb"}, false, false, 0, []string{"bbb"}, true, true},
		{"turns several lines", []string{"-wb", "ww-", "b-b"}, false, false, 0, []string{"bbb", "bb-", "b-b"}, true, true},
		{"turns nothing", []string{"--wb"}, false, false, 0, nil, true, false},
		{"everywhere", []string{"--wb-"}, false, true, 0, []string{"b-wb-"}, false, false},
		{"no further than the edge", []string{"bw-", "---"}, false, false, 3, nil, true, false},
		{"round the edge of a looped board", []string{"-bw-", "    "}, true, false, 0, nil, true, false},
		{"round the edge to the other side", []string{"--bw", "    "}, true, false, 0, []string{"b-bb", "    "}, false, false},
		{"round a looped board to itself", []string{"-ww", "   "}, true, false, 0, []string{"bbb", "   "}, true, true},
		{"a hole ends a line", []string{"-w b-", "-wb  "}, false, false, 0, nil, true, false},
		{"who cannot move passes", []string{"-wb-w", "-wb  "}, false, false, 0, []string{"bbb-w", "-wb  "}, true, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := newBoard(tt.rows, tt.looped, tt.everywhere)
			before := b.rowsNow()
			b.turn = true
			ok := b.put(tt.pos)
			if ok != (tt.want != nil) {
				t.Fatalf("put: %v, want %v", ok, tt.want != nil)
			}
			if !ok {
				if !slices.Equal(b.rowsNow(), before) {
					t.Errorf("a forbidden move changed the board: %q", b.rowsNow())
				}
				return
			}
			if !slices.Equal(b.rowsNow(), tt.want) {
				t.Errorf("board %q, want %q", b.rowsNow(), tt.want)
			}
			if b.over != tt.over || !b.over && b.turn != tt.turn {
				t.Errorf("turn %v, over %v; want %v, %v", b.turn, b.over, tt.turn, tt.over)
			}
		})
	}
}

func (b *board) rowsNow() []string {
	var rows []string
	for y := range b.height {
		row := make([]byte, b.width)
		for x := range row {
			row[x] = byte(b.squares[y*b.width+x])
		}
		rows = append(rows, string(row))
	}
	return rows
}
