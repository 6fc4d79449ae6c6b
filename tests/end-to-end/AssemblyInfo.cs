// Instances share two cores, and crash tests look at processes of the whole machine: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
