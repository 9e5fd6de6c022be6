//go:build race

package streaming_test

// raceDetector tells that the tests were built with it.
const raceDetector = true
