module @easel {
  func.func @main(%arg0: tensor<1x2x2x3xf32>, %arg1: tensor<1x2x2x3xf32>, %arg2: tensor<1x2x2x1xf32>) -> (tensor<f32>, tensor<1x2x2x3xf32>) {
    %0 = "stablehlo.subtract"(%arg0, %arg1) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %1 = "stablehlo.abs"(%0) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %2 = "stablehlo.constant"() { value = dense<0.0> : tensor<f32> } : () -> tensor<f32>
    %4 = "stablehlo.reduce"(%1, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<f32>
    %5 = "stablehlo.constant"() { value = dense<0.0833333358168602> : tensor<f32> } : () -> tensor<f32>
    %6 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %7 = "stablehlo.multiply"(%4, %6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %8 = "stablehlo.subtract"(%arg0, %arg1) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %9 = "stablehlo.multiply"(%8, %8) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %10 = "stablehlo.reduce"(%9, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<f32>
    %11 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %12 = "stablehlo.multiply"(%10, %11) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %13 = "stablehlo.constant"() { value = dense<1.0> : tensor<f32> } : () -> tensor<f32>
    %14 = "stablehlo.broadcast_in_dim"(%13) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %15 = "stablehlo.abs"(%arg0) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %16 = "stablehlo.negate"(%15) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %17 = "stablehlo.exponential"(%16) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %18 = "stablehlo.log_plus_one"(%17) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %19 = "stablehlo.broadcast_in_dim"(%2) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %20 = "stablehlo.maximum"(%arg0, %19) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %21 = "stablehlo.multiply"(%arg0, %14) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %22 = "stablehlo.subtract"(%20, %21) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %23 = "stablehlo.add"(%22, %18) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %24 = "stablehlo.reduce"(%23, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<f32>
    %25 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %26 = "stablehlo.multiply"(%24, %25) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %27 = "stablehlo.broadcast_in_dim"(%2) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %28 = "stablehlo.subtract"(%arg0, %27) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %29 = "stablehlo.multiply"(%28, %28) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %30 = "stablehlo.reduce"(%29, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<f32>
    %31 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %32 = "stablehlo.multiply"(%30, %31) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %33 = "stablehlo.constant"() { value = dense<-1.0> : tensor<f32> } : () -> tensor<f32>
    %34 = "stablehlo.broadcast_in_dim"(%33) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %35 = "stablehlo.broadcast_in_dim"(%13) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %36 = "stablehlo.multiply"(%34, %arg0) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %37 = "stablehlo.subtract"(%35, %36) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %38 = "stablehlo.broadcast_in_dim"(%2) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %39 = "stablehlo.maximum"(%37, %38) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %40 = "stablehlo.reduce"(%39, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<f32>
    %41 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %42 = "stablehlo.multiply"(%40, %41) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %43 = "stablehlo.reshape"(%arg2) : (tensor<1x2x2x1xf32>) -> tensor<1x2x2xf32>
    %44 = "stablehlo.broadcast_in_dim"(%2) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2xf32>
    %45 = "stablehlo.compare"(%43, %44) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction GE>
    } : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xi1>
    %46 = "stablehlo.constant"() { value = dense<3.0> : tensor<f32> } : () -> tensor<f32>
    %47 = "stablehlo.broadcast_in_dim"(%46) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2xf32>
    %48 = "stablehlo.compare"(%43, %47) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction LT>
    } : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xi1>
    %49 = "stablehlo.and"(%45, %48) : (tensor<1x2x2xi1>, tensor<1x2x2xi1>) -> tensor<1x2x2xi1>
    %50 = "stablehlo.convert"(%49) : (tensor<1x2x2xi1>) -> tensor<1x2x2xf32>
    %51 = "stablehlo.iota"() { iota_dimension = 3 : i64 } : () -> tensor<1x2x2x3xf32>
    %52 = "stablehlo.floor"(%43) : (tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
    %53 = "stablehlo.broadcast_in_dim"(%52) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %54 = "stablehlo.compare"(%51, %53) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction EQ>
    } : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xi1>
    %55 = "stablehlo.constant"() { value = dense<0xff800000> : tensor<f32> } : () -> tensor<f32>
    %57 = "stablehlo.reduce"(%arg0, %55) ({
      ^reductionFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %56 = "stablehlo.maximum"(%arg5, %arg6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%56) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<1x2x2xf32>
    %58 = "stablehlo.broadcast_in_dim"(%57) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %59 = "stablehlo.subtract"(%arg0, %58) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %60 = "stablehlo.exponential"(%59) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %61 = "stablehlo.reduce"(%60, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<1x2x2xf32>
    %62 = "stablehlo.log"(%61) : (tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
    %63 = "stablehlo.broadcast_in_dim"(%62) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %64 = "stablehlo.subtract"(%59, %63) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %65 = "stablehlo.broadcast_in_dim"(%50) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %66 = "stablehlo.convert"(%54) : (tensor<1x2x2x3xi1>) -> tensor<1x2x2x3xf32>
    %67 = "stablehlo.broadcast_in_dim"(%50) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %68 = "stablehlo.multiply"(%66, %67) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %69 = "stablehlo.reduce"(%50, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>, tensor<f32>) -> tensor<f32>
    %70 = "stablehlo.maximum"(%69, %13) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %71 = "stablehlo.multiply"(%68, %64) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %72 = "stablehlo.reduce"(%71, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<f32>
    %73 = "stablehlo.divide"(%72, %70) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %74 = "stablehlo.negate"(%73) : (tensor<f32>) -> tensor<f32>
    %75 = "stablehlo.add"(%7, %12) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %76 = "stablehlo.add"(%75, %26) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %77 = "stablehlo.add"(%76, %32) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %78 = "stablehlo.add"(%77, %42) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %79 = "stablehlo.add"(%78, %74) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %80 = "stablehlo.constant"() { value = dense<1.0> : tensor<f32> } : () -> tensor<f32>
    %81 = "stablehlo.reshape"(%arg2) : (tensor<1x2x2x1xf32>) -> tensor<1x2x2xf32>
    %82 = "stablehlo.broadcast_in_dim"(%2) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2xf32>
    %83 = "stablehlo.compare"(%81, %82) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction GE>
    } : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xi1>
    %84 = "stablehlo.broadcast_in_dim"(%46) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2xf32>
    %85 = "stablehlo.compare"(%81, %84) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction LT>
    } : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xi1>
    %86 = "stablehlo.and"(%83, %85) : (tensor<1x2x2xi1>, tensor<1x2x2xi1>) -> tensor<1x2x2xi1>
    %87 = "stablehlo.convert"(%86) : (tensor<1x2x2xi1>) -> tensor<1x2x2xf32>
    %88 = "stablehlo.iota"() { iota_dimension = 3 : i64 } : () -> tensor<1x2x2x3xf32>
    %89 = "stablehlo.floor"(%81) : (tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
    %90 = "stablehlo.broadcast_in_dim"(%89) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %91 = "stablehlo.compare"(%88, %90) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction EQ>
    } : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xi1>
    %92 = "stablehlo.reduce"(%arg0, %55) ({
      ^reductionFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %56 = "stablehlo.maximum"(%arg5, %arg6) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%56) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<1x2x2xf32>
    %93 = "stablehlo.broadcast_in_dim"(%92) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %94 = "stablehlo.subtract"(%arg0, %93) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %95 = "stablehlo.exponential"(%94) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %96 = "stablehlo.reduce"(%95, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 3> } : (tensor<1x2x2x3xf32>, tensor<f32>) -> tensor<1x2x2xf32>
    %97 = "stablehlo.log"(%96) : (tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
    %98 = "stablehlo.broadcast_in_dim"(%97) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %99 = "stablehlo.subtract"(%94, %98) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %100 = "stablehlo.broadcast_in_dim"(%87) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %101 = "stablehlo.convert"(%91) : (tensor<1x2x2x3xi1>) -> tensor<1x2x2x3xf32>
    %102 = "stablehlo.broadcast_in_dim"(%87) { broadcast_dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>) -> tensor<1x2x2x3xf32>
    %103 = "stablehlo.multiply"(%101, %102) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %104 = "stablehlo.reduce"(%87, %2) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %3 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%3) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 0, 1, 2> } : (tensor<1x2x2xf32>, tensor<f32>) -> tensor<f32>
    %105 = "stablehlo.maximum"(%104, %13) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %106 = "stablehlo.exponential"(%99) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %107 = "stablehlo.multiply"(%106, %100) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %108 = "stablehlo.subtract"(%107, %103) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %109 = "stablehlo.divide"(%80, %105) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %110 = "stablehlo.broadcast_in_dim"(%109) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %111 = "stablehlo.multiply"(%108, %110) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %112 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %113 = "stablehlo.multiply"(%80, %112) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %114 = "stablehlo.broadcast_in_dim"(%33) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %115 = "stablehlo.broadcast_in_dim"(%13) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %116 = "stablehlo.multiply"(%114, %arg0) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %117 = "stablehlo.subtract"(%115, %116) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %118 = "stablehlo.broadcast_in_dim"(%2) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %119 = "stablehlo.compare"(%117, %118) {
      compare_type = #stablehlo<comparison_type FLOAT>,
      comparison_direction = #stablehlo<comparison_direction GT>
    } : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xi1>
    %120 = "stablehlo.negate"(%114) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %121 = "stablehlo.broadcast_in_dim"(%2) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %122 = "stablehlo.select"(%119, %120, %121) : (tensor<1x2x2x3xi1>, tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %123 = "stablehlo.broadcast_in_dim"(%113) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %124 = "stablehlo.multiply"(%122, %123) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %125 = "stablehlo.add"(%111, %124) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %126 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %127 = "stablehlo.multiply"(%80, %126) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %128 = "stablehlo.broadcast_in_dim"(%2) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %129 = "stablehlo.subtract"(%arg0, %128) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %130 = "stablehlo.constant"() { value = dense<2.0> : tensor<f32> } : () -> tensor<f32>
    %131 = "stablehlo.broadcast_in_dim"(%130) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %132 = "stablehlo.multiply"(%129, %131) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %133 = "stablehlo.broadcast_in_dim"(%127) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %134 = "stablehlo.multiply"(%132, %133) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %135 = "stablehlo.add"(%125, %134) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %136 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %137 = "stablehlo.multiply"(%80, %136) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %138 = "stablehlo.broadcast_in_dim"(%13) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %139 = "stablehlo.logistic"(%arg0) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %140 = "stablehlo.subtract"(%139, %138) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %141 = "stablehlo.broadcast_in_dim"(%137) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %142 = "stablehlo.multiply"(%140, %141) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %143 = "stablehlo.add"(%135, %142) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %144 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %145 = "stablehlo.multiply"(%80, %144) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %146 = "stablehlo.subtract"(%arg0, %arg1) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %147 = "stablehlo.broadcast_in_dim"(%130) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %148 = "stablehlo.multiply"(%146, %147) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %149 = "stablehlo.broadcast_in_dim"(%145) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %150 = "stablehlo.multiply"(%148, %149) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %151 = "stablehlo.add"(%143, %150) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %152 = "stablehlo.broadcast_in_dim"(%5) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %153 = "stablehlo.multiply"(%80, %152) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %154 = "stablehlo.subtract"(%arg0, %arg1) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %155 = "stablehlo.sign"(%154) : (tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %156 = "stablehlo.broadcast_in_dim"(%153) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2x3xf32>
    %157 = "stablehlo.multiply"(%155, %156) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    %158 = "stablehlo.add"(%151, %157) : (tensor<1x2x2x3xf32>, tensor<1x2x2x3xf32>) -> tensor<1x2x2x3xf32>
    "stablehlo.return"(%79, %158) : (tensor<f32>, tensor<1x2x2x3xf32>) -> ()
  }
}

