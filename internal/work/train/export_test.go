package train

// TrainBy is Train by another clock.
var TrainBy = trainBy
