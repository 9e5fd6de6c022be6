package misskeytest

import (
	"hash/crc32"
	"strings"
)

// board is a game of reversi: the squares, whose turn it is, and the rules.
// Black is true, as in the server's logs.
type board struct {
	squares    []square
	width      int
	height     int
	looped     bool // the edges are joined
	everywhere bool // stones may be put where they turn nothing
	turn       bool
	over       bool
}

type square byte

const (
	hole  square = ' ' // no part of the board
	empty square = '-'
	black square = 'b'
	white square = 'w'
)

func stone(color bool) square {
	if color {
		return black
	}
	return white
}

// standardMap is the board of a game that says nothing else.
var standardMap = []string{
	"--------", "--------", "--------", "---wb---",
	"---bw---", "--------", "--------", "--------",
}

// newBoard lays a map out; black begins, unless only white can.
func newBoard(rows []string, looped, everywhere bool) *board {
	b := &board{height: len(rows), looped: looped, everywhere: everywhere, turn: true}
	for _, row := range rows {
		b.width = max(b.width, len(row))
	}
	for _, row := range rows {
		for x := range b.width {
			s := hole
			if x < len(row) && strings.IndexByte("-bw", row[x]) >= 0 {
				s = square(row[x])
			}
			b.squares = append(b.squares, s)
		}
	}
	b.settleTurn(true)
	return b
}

// settleTurn gives the turn to next if they can move, else to the other, and
// ends the game when nobody can.
func (b *board) settleTurn(next bool) {
	switch {
	case b.canMove(next):
		b.turn = next
	case b.canMove(!next):
		b.turn = !next
	default:
		b.over = true
	}
}

func (b *board) canMove(color bool) bool {
	for pos := range b.squares {
		if b.canPut(color, pos) {
			return true
		}
	}
	return false
}

func (b *board) canPut(color bool, pos int) bool {
	if pos < 0 || pos >= len(b.squares) || b.squares[pos] != empty {
		return false
	}
	return b.everywhere || len(b.turns(color, pos)) > 0
}

// put puts a stone of whoever's turn it is. It reports false, and does nothing,
// where the rules forbid it.
func (b *board) put(pos int) bool {
	if b.over || !b.canPut(b.turn, pos) {
		return false
	}
	color := b.turn
	for _, p := range b.turns(color, pos) {
		b.squares[p] = stone(color)
	}
	b.squares[pos] = stone(color)
	b.settleTurn(!color)
	return true
}

var directions = [][2]int{{-1, -1}, {0, -1}, {1, -1}, {-1, 0}, {1, 0}, {-1, 1}, {0, 1}, {1, 1}}

// turns returns the stones that a stone at pos would turn over.
func (b *board) turns(color bool, pos int) []int {
	var all []int
	for _, d := range directions {
		all = append(all, b.turnsAlong(color, pos, d[0], d[1])...)
	}
	return all
}

func (b *board) turnsAlong(color bool, pos, dx, dy int) []int {
	var between []int
	x, y := pos%b.width, pos/b.width
	for {
		x, y = x+dx, y+dy
		if b.looped {
			x, y = (x+b.width)%b.width, (y+b.height)%b.height
		}
		if x < 0 || y < 0 || x >= b.width || y >= b.height {
			return nil
		}
		p := y*b.width + x
		switch b.squares[p] {
		case stone(!color):
			between = append(between, p)
		case stone(color):
			return between
		default:
			if p == pos {
				return between // once around a looped board: the stone closes the line itself
			}
			return nil
		}
	}
}

func (b *board) count(color bool) int {
	n := 0
	for _, s := range b.squares {
		if s == stone(color) {
			n++
		}
	}
	return n
}

// checksum tells boards apart the way players do: the CRC-32 of the squares and
// the turn as JSON, read as a signed number.
func (b *board) checksum() int32 {
	state := struct {
		Board []*bool `json:"board"`
		Turn  *bool   `json:"turn"`
	}{Board: make([]*bool, len(b.squares))}
	for i, s := range b.squares {
		if s == black || s == white {
			state.Board[i] = pointer(s == black)
		}
	}
	if !b.over {
		state.Turn = &b.turn
	}
	return int32(crc32.ChecksumIEEE(marshal(state))) // the sign is meant
}
