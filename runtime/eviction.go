package runtime

import (
	"container/heap"
	"time"
)

// captureQueue orders the captures of a session by when they were last heard of,
// for a bound on their number. Hearing costs the reader one store: where a
// capture stands in the queue is put right when it comes to the front.
type captureQueue []*slot

// add puts a slot into the queue, unless it is there.
func (q *captureQueue) add(sl *slot) {
	if sl.place > 0 {
		return
	}
	sl.stamp = time.Now().UnixNano()
	sl.heard.Store(sl.stamp) // anew, for one that was evicted and is wanted again
	heap.Push(q, sl)
}

// oldest takes the slot out that was not heard of for the longest time.
func (q *captureQueue) oldest() *slot {
	for {
		sl := (*q)[0]
		heard := sl.heard.Load()
		if heard == sl.stamp {
			heap.Pop(q)
			return sl
		}
		sl.stamp = heard
		heap.Fix(q, 0)
	}
}

func (q *captureQueue) remove(sl *slot) {
	if sl.place > 0 {
		heap.Remove(q, sl.place-1)
	}
}

// Len, Less, Swap, Push and Pop make the queue a heap. A slot's place counts from
// one, so that zero is none.

func (q captureQueue) Len() int           { return len(q) }
func (q captureQueue) Less(i, j int) bool { return q[i].stamp < q[j].stamp }

func (q captureQueue) Swap(i, j int) {
	q[i], q[j] = q[j], q[i]
	q[i].place, q[j].place = i+1, j+1
}

func (q *captureQueue) Push(x any) {
	sl := x.(*slot)
	*q = append(*q, sl)
	sl.place = len(*q)
}

func (q *captureQueue) Pop() any {
	last := len(*q) - 1
	sl := (*q)[last]
	(*q)[last] = nil
	*q = (*q)[:last]
	sl.place = 0
	return sl
}
