module example.com/adv

go 1.26.0
