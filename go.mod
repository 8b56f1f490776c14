module arshjul

go 1.26.10
