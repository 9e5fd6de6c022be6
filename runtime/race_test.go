//go:build race

package runtime

// raceDetector tells that the tests were built with it.
const raceDetector = true
