package temporalx

// ReplayHistory lets tests replay histories they have changed, and with rules they have changed.
var ReplayHistory = replay

// HistoryJSON is the form in which histories are archived.
var HistoryJSON = historyJSON
