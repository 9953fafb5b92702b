module @easel {
  func.func @main(%arg0: tensor<1x6x6x2xf32>) -> (tensor<1x2x2xf32>, tensor<1x6x6x2xf32>) {
    %0 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 1, 2, 6, 2>,
      start_indices = array<i64: 0, 1, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x6x6x2xf32>) -> tensor<1x1x6x2xf32>
    %1 = "stablehlo.reverse"(%0) { dimensions = array<i64: 1> } : (tensor<1x1x6x2xf32>) -> tensor<1x1x6x2xf32>
    %2 = "stablehlo.slice"(%arg0) {
      limit_indices = array<i64: 1, 5, 6, 2>,
      start_indices = array<i64: 0, 4, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x6x6x2xf32>) -> tensor<1x1x6x2xf32>
    %3 = "stablehlo.reverse"(%2) { dimensions = array<i64: 1> } : (tensor<1x1x6x2xf32>) -> tensor<1x1x6x2xf32>
    %4 = "stablehlo.concatenate"(%1, %arg0, %3) { dimension = 1 : i64 } : (tensor<1x1x6x2xf32>, tensor<1x6x6x2xf32>, tensor<1x1x6x2xf32>) -> tensor<1x8x6x2xf32>
    %5 = "stablehlo.slice"(%4) {
      limit_indices = array<i64: 1, 8, 3, 2>,
      start_indices = array<i64: 0, 0, 1, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x8x6x2xf32>) -> tensor<1x8x2x2xf32>
    %6 = "stablehlo.reverse"(%5) { dimensions = array<i64: 2> } : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
    %7 = "stablehlo.concatenate"(%6, %4) { dimension = 2 : i64 } : (tensor<1x8x2x2xf32>, tensor<1x8x6x2xf32>) -> tensor<1x8x8x2xf32>
    %8 = "stablehlo.slice"(%7) {
      limit_indices = array<i64: 1, 1, 8, 2>,
      start_indices = array<i64: 0, 0, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x8x8x2xf32>) -> tensor<1x1x8x2xf32>
    %9 = "stablehlo.broadcast_in_dim"(%8) { broadcast_dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x1x8x2xf32>) -> tensor<1x1x8x2xf32>
    %10 = "stablehlo.slice"(%7) {
      limit_indices = array<i64: 1, 8, 8, 2>,
      start_indices = array<i64: 0, 7, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x8x8x2xf32>) -> tensor<1x1x8x2xf32>
    %11 = "stablehlo.broadcast_in_dim"(%10) { broadcast_dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x1x8x2xf32>) -> tensor<1x1x8x2xf32>
    %12 = "stablehlo.concatenate"(%9, %7, %11) { dimension = 1 : i64 } : (tensor<1x1x8x2xf32>, tensor<1x8x8x2xf32>, tensor<1x1x8x2xf32>) -> tensor<1x10x8x2xf32>
    %13 = "stablehlo.slice"(%12) {
      limit_indices = array<i64: 1, 10, 1, 2>,
      start_indices = array<i64: 0, 0, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x10x8x2xf32>) -> tensor<1x10x1x2xf32>
    %14 = "stablehlo.broadcast_in_dim"(%13) { broadcast_dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x10x1x2xf32>) -> tensor<1x10x1x2xf32>
    %15 = "stablehlo.slice"(%12) {
      limit_indices = array<i64: 1, 10, 8, 2>,
      start_indices = array<i64: 0, 0, 7, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x10x8x2xf32>) -> tensor<1x10x1x2xf32>
    %16 = "stablehlo.broadcast_in_dim"(%15) { broadcast_dimensions = array<i64: 0, 1, 2, 3> } : (tensor<1x10x1x2xf32>) -> tensor<1x10x1x2xf32>
    %17 = "stablehlo.concatenate"(%14, %12, %16) { dimension = 2 : i64 } : (tensor<1x10x1x2xf32>, tensor<1x10x8x2xf32>, tensor<1x10x1x2xf32>) -> tensor<1x10x10x2xf32>
    %18 = "stablehlo.constant"() { value = dense<0xff800000> : tensor<f32> } : () -> tensor<f32>
    %20 = "stablehlo.reduce_window"(%17, %18) ({
      ^reductionFn(%arg1: tensor<f32>, %arg2: tensor<f32>) :
          %19 = "stablehlo.maximum"(%arg1, %arg2) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%19) : (tensor<f32>) -> ()
    }) {
      base_dilations = array<i64: 1, 1, 1, 1>,
      padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>,
      window_dilations = array<i64: 1, 1, 1, 1>,
      window_dimensions = array<i64: 1, 2, 2, 1>,
      window_strides = array<i64: 1, 2, 2, 1>
    } : (tensor<1x10x10x2xf32>, tensor<f32>) -> tensor<1x5x5x2xf32>
    %21 = "stablehlo.constant"() { value = dense<0.0> : tensor<f32> } : () -> tensor<f32>
    %23 = "stablehlo.reduce_window"(%17, %21) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %22 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%22) : (tensor<f32>) -> ()
    }) {
      base_dilations = array<i64: 1, 1, 1, 1>,
      padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>,
      window_dilations = array<i64: 1, 1, 1, 1>,
      window_dimensions = array<i64: 1, 2, 2, 1>,
      window_strides = array<i64: 1, 2, 2, 1>
    } : (tensor<1x10x10x2xf32>, tensor<f32>) -> tensor<1x5x5x2xf32>
    %24 = "stablehlo.constant"() { value = dense<0.25> : tensor<f32> } : () -> tensor<f32>
    %25 = "stablehlo.broadcast_in_dim"(%24) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x5x5x2xf32>
    %26 = "stablehlo.multiply"(%23, %25) : (tensor<1x5x5x2xf32>, tensor<1x5x5x2xf32>) -> tensor<1x5x5x2xf32>
    %27 = "stablehlo.concatenate"(%20, %26) { dimension = 3 : i64 } : (tensor<1x5x5x2xf32>, tensor<1x5x5x2xf32>) -> tensor<1x5x5x4xf32>
    %28 = "stablehlo.slice"(%27) {
      limit_indices = array<i64: 1, 5, 5, 3>,
      start_indices = array<i64: 0, 0, 0, 1>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x5x5x4xf32>) -> tensor<1x5x5x2xf32>
    %29 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<7x5xi32>
    %30 = "stablehlo.iota"() { iota_dimension = 1 : i64 } : () -> tensor<7x5xi32>
    %31 = "stablehlo.constant"() { value = dense<10> : tensor<i32> } : () -> tensor<i32>
    %32 = "stablehlo.broadcast_in_dim"(%31) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %33 = "stablehlo.multiply"(%29, %32) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %34 = "stablehlo.constant"() { value = dense<-2> : tensor<i32> } : () -> tensor<i32>
    %35 = "stablehlo.broadcast_in_dim"(%34) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %36 = "stablehlo.add"(%33, %35) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %37 = "stablehlo.constant"() { value = dense<56> : tensor<i32> } : () -> tensor<i32>
    %38 = "stablehlo.broadcast_in_dim"(%37) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %39 = "stablehlo.minimum"(%36, %38) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %40 = "stablehlo.constant"() { value = dense<0> : tensor<i32> } : () -> tensor<i32>
    %41 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %42 = "stablehlo.maximum"(%39, %41) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %43 = "stablehlo.constant"() { value = dense<14> : tensor<i32> } : () -> tensor<i32>
    %44 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %45 = "stablehlo.multiply"(%30, %44) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %46 = "stablehlo.subtract"(%42, %45) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %47 = "stablehlo.abs"(%46) : (tensor<7x5xi32>) -> tensor<7x5xi32>
    %48 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %49 = "stablehlo.subtract"(%48, %47) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %50 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %51 = "stablehlo.maximum"(%49, %50) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %52 = "stablehlo.convert"(%51) : (tensor<7x5xi32>) -> tensor<7x5xf32>
    %53 = "stablehlo.constant"() { value = dense<0.0714285746216774> : tensor<f32> } : () -> tensor<f32>
    %54 = "stablehlo.broadcast_in_dim"(%53) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<7x5xf32>
    %55 = "stablehlo.multiply"(%52, %54) : (tensor<7x5xf32>, tensor<7x5xf32>) -> tensor<7x5xf32>
    %56 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<9x5xi32>
    %57 = "stablehlo.iota"() { iota_dimension = 1 : i64 } : () -> tensor<9x5xi32>
    %58 = "stablehlo.broadcast_in_dim"(%31) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %59 = "stablehlo.multiply"(%56, %58) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %60 = "stablehlo.constant"() { value = dense<-4> : tensor<i32> } : () -> tensor<i32>
    %61 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %62 = "stablehlo.add"(%59, %61) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %63 = "stablehlo.constant"() { value = dense<72> : tensor<i32> } : () -> tensor<i32>
    %64 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %65 = "stablehlo.minimum"(%62, %64) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %66 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %67 = "stablehlo.maximum"(%65, %66) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %68 = "stablehlo.constant"() { value = dense<18> : tensor<i32> } : () -> tensor<i32>
    %69 = "stablehlo.broadcast_in_dim"(%68) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %70 = "stablehlo.multiply"(%57, %69) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %71 = "stablehlo.subtract"(%67, %70) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %72 = "stablehlo.abs"(%71) : (tensor<9x5xi32>) -> tensor<9x5xi32>
    %73 = "stablehlo.broadcast_in_dim"(%68) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %74 = "stablehlo.subtract"(%73, %72) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %75 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %76 = "stablehlo.maximum"(%74, %75) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %77 = "stablehlo.convert"(%76) : (tensor<9x5xi32>) -> tensor<9x5xf32>
    %78 = "stablehlo.constant"() { value = dense<0.0555555559694767> : tensor<f32> } : () -> tensor<f32>
    %79 = "stablehlo.broadcast_in_dim"(%78) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<9x5xf32>
    %80 = "stablehlo.multiply"(%77, %79) : (tensor<9x5xf32>, tensor<9x5xf32>) -> tensor<9x5xf32>
    %81 = "stablehlo.dot_general"(%28, %55) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [1]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x5x5x2xf32>, tensor<7x5xf32>) -> tensor<1x5x2x7xf32>
    %82 = "stablehlo.dot_general"(%81, %80) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [1]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x5x2x7xf32>, tensor<9x5xf32>) -> tensor<1x2x7x9xf32>
    %83 = "stablehlo.transpose"(%82) { permutation = array<i64: 0, 2, 3, 1> } : (tensor<1x2x7x9xf32>) -> tensor<1x7x9x2xf32>
    %84 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<5x7xi32>
    %85 = "stablehlo.iota"() { iota_dimension = 1 : i64 } : () -> tensor<5x7xi32>
    %86 = "stablehlo.constant"() { value = dense<7> : tensor<i32> } : () -> tensor<i32>
    %87 = "stablehlo.broadcast_in_dim"(%86) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<5x7xi32>
    %88 = "stablehlo.multiply"(%84, %87) : (tensor<5x7xi32>, tensor<5x7xi32>) -> tensor<5x7xi32>
    %89 = "stablehlo.constant"() { value = dense<5> : tensor<i32> } : () -> tensor<i32>
    %90 = "stablehlo.broadcast_in_dim"(%89) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<5x7xi32>
    %91 = "stablehlo.divide"(%88, %90) : (tensor<5x7xi32>, tensor<5x7xi32>) -> tensor<5x7xi32>
    %92 = "stablehlo.compare"(%91, %85) {
      compare_type = #stablehlo<comparison_type SIGNED>,
      comparison_direction = #stablehlo<comparison_direction EQ>
    } : (tensor<5x7xi32>, tensor<5x7xi32>) -> tensor<5x7xi1>
    %93 = "stablehlo.convert"(%92) : (tensor<5x7xi1>) -> tensor<5x7xf32>
    %94 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<5x9xi32>
    %95 = "stablehlo.iota"() { iota_dimension = 1 : i64 } : () -> tensor<5x9xi32>
    %96 = "stablehlo.constant"() { value = dense<9> : tensor<i32> } : () -> tensor<i32>
    %97 = "stablehlo.broadcast_in_dim"(%96) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<5x9xi32>
    %98 = "stablehlo.multiply"(%94, %97) : (tensor<5x9xi32>, tensor<5x9xi32>) -> tensor<5x9xi32>
    %99 = "stablehlo.broadcast_in_dim"(%89) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<5x9xi32>
    %100 = "stablehlo.divide"(%98, %99) : (tensor<5x9xi32>, tensor<5x9xi32>) -> tensor<5x9xi32>
    %101 = "stablehlo.compare"(%100, %95) {
      compare_type = #stablehlo<comparison_type SIGNED>,
      comparison_direction = #stablehlo<comparison_direction EQ>
    } : (tensor<5x9xi32>, tensor<5x9xi32>) -> tensor<5x9xi1>
    %102 = "stablehlo.convert"(%101) : (tensor<5x9xi1>) -> tensor<5x9xf32>
    %103 = "stablehlo.dot_general"(%83, %93) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [1]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x7x9x2xf32>, tensor<5x7xf32>) -> tensor<1x9x2x5xf32>
    %104 = "stablehlo.dot_general"(%103, %102) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [1]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x9x2x5xf32>, tensor<5x9xf32>) -> tensor<1x2x5x5xf32>
    %105 = "stablehlo.transpose"(%104) { permutation = array<i64: 0, 2, 3, 1> } : (tensor<1x2x5x5xf32>) -> tensor<1x5x5x2xf32>
    %106 = "stablehlo.reshape"(%105) : (tensor<1x5x5x2xf32>) -> tensor<1x25x2xf32>
    %107 = "stablehlo.dot_general"(%106, %106) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [0],
  rhs_batching_dimensions = [0],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [1]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x25x2xf32>, tensor<1x25x2xf32>) -> tensor<1x2x2xf32>
    %108 = "stablehlo.constant"() { value = dense<1.0> : tensor<f32> } : () -> tensor<f32>
    %109 = "stablehlo.broadcast_in_dim"(%24) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<f32>
    %110 = "stablehlo.multiply"(%108, %109) : (tensor<f32>, tensor<f32>) -> tensor<f32>
    %111 = "stablehlo.broadcast_in_dim"(%110) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x2x2xf32>
    %112 = "stablehlo.transpose"(%111) { permutation = array<i64: 0, 2, 1> } : (tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
    %113 = "stablehlo.add"(%111, %112) : (tensor<1x2x2xf32>, tensor<1x2x2xf32>) -> tensor<1x2x2xf32>
    %114 = "stablehlo.reshape"(%105) : (tensor<1x5x5x2xf32>) -> tensor<1x25x2xf32>
    %115 = "stablehlo.dot_general"(%114, %113) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [0],
  rhs_batching_dimensions = [0],
  lhs_contracting_dimensions = [2],
  rhs_contracting_dimensions = [1]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x25x2xf32>, tensor<1x2x2xf32>) -> tensor<1x25x2xf32>
    %116 = "stablehlo.reshape"(%115) : (tensor<1x25x2xf32>) -> tensor<1x5x5x2xf32>
    %117 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<5x7xi32>
    %118 = "stablehlo.iota"() { iota_dimension = 1 : i64 } : () -> tensor<5x7xi32>
    %119 = "stablehlo.broadcast_in_dim"(%86) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<5x7xi32>
    %120 = "stablehlo.multiply"(%117, %119) : (tensor<5x7xi32>, tensor<5x7xi32>) -> tensor<5x7xi32>
    %121 = "stablehlo.broadcast_in_dim"(%89) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<5x7xi32>
    %122 = "stablehlo.divide"(%120, %121) : (tensor<5x7xi32>, tensor<5x7xi32>) -> tensor<5x7xi32>
    %123 = "stablehlo.compare"(%122, %118) {
      compare_type = #stablehlo<comparison_type SIGNED>,
      comparison_direction = #stablehlo<comparison_direction EQ>
    } : (tensor<5x7xi32>, tensor<5x7xi32>) -> tensor<5x7xi1>
    %124 = "stablehlo.convert"(%123) : (tensor<5x7xi1>) -> tensor<5x7xf32>
    %125 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<5x9xi32>
    %126 = "stablehlo.iota"() { iota_dimension = 1 : i64 } : () -> tensor<5x9xi32>
    %127 = "stablehlo.broadcast_in_dim"(%96) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<5x9xi32>
    %128 = "stablehlo.multiply"(%125, %127) : (tensor<5x9xi32>, tensor<5x9xi32>) -> tensor<5x9xi32>
    %129 = "stablehlo.broadcast_in_dim"(%89) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<5x9xi32>
    %130 = "stablehlo.divide"(%128, %129) : (tensor<5x9xi32>, tensor<5x9xi32>) -> tensor<5x9xi32>
    %131 = "stablehlo.compare"(%130, %126) {
      compare_type = #stablehlo<comparison_type SIGNED>,
      comparison_direction = #stablehlo<comparison_direction EQ>
    } : (tensor<5x9xi32>, tensor<5x9xi32>) -> tensor<5x9xi1>
    %132 = "stablehlo.convert"(%131) : (tensor<5x9xi1>) -> tensor<5x9xf32>
    %133 = "stablehlo.dot_general"(%116, %124) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [0]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x5x5x2xf32>, tensor<5x7xf32>) -> tensor<1x5x2x7xf32>
    %134 = "stablehlo.dot_general"(%133, %132) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [0]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x5x2x7xf32>, tensor<5x9xf32>) -> tensor<1x2x7x9xf32>
    %135 = "stablehlo.transpose"(%134) { permutation = array<i64: 0, 2, 3, 1> } : (tensor<1x2x7x9xf32>) -> tensor<1x7x9x2xf32>
    %136 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<7x5xi32>
    %137 = "stablehlo.iota"() { iota_dimension = 1 : i64 } : () -> tensor<7x5xi32>
    %138 = "stablehlo.broadcast_in_dim"(%31) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %139 = "stablehlo.multiply"(%136, %138) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %140 = "stablehlo.broadcast_in_dim"(%34) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %141 = "stablehlo.add"(%139, %140) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %142 = "stablehlo.broadcast_in_dim"(%37) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %143 = "stablehlo.minimum"(%141, %142) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %144 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %145 = "stablehlo.maximum"(%143, %144) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %146 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %147 = "stablehlo.multiply"(%137, %146) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %148 = "stablehlo.subtract"(%145, %147) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %149 = "stablehlo.abs"(%148) : (tensor<7x5xi32>) -> tensor<7x5xi32>
    %150 = "stablehlo.broadcast_in_dim"(%43) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %151 = "stablehlo.subtract"(%150, %149) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %152 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<7x5xi32>
    %153 = "stablehlo.maximum"(%151, %152) : (tensor<7x5xi32>, tensor<7x5xi32>) -> tensor<7x5xi32>
    %154 = "stablehlo.convert"(%153) : (tensor<7x5xi32>) -> tensor<7x5xf32>
    %155 = "stablehlo.broadcast_in_dim"(%53) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<7x5xf32>
    %156 = "stablehlo.multiply"(%154, %155) : (tensor<7x5xf32>, tensor<7x5xf32>) -> tensor<7x5xf32>
    %157 = "stablehlo.iota"() { iota_dimension = 0 : i64 } : () -> tensor<9x5xi32>
    %158 = "stablehlo.iota"() { iota_dimension = 1 : i64 } : () -> tensor<9x5xi32>
    %159 = "stablehlo.broadcast_in_dim"(%31) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %160 = "stablehlo.multiply"(%157, %159) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %161 = "stablehlo.broadcast_in_dim"(%60) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %162 = "stablehlo.add"(%160, %161) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %163 = "stablehlo.broadcast_in_dim"(%63) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %164 = "stablehlo.minimum"(%162, %163) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %165 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %166 = "stablehlo.maximum"(%164, %165) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %167 = "stablehlo.broadcast_in_dim"(%68) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %168 = "stablehlo.multiply"(%158, %167) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %169 = "stablehlo.subtract"(%166, %168) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %170 = "stablehlo.abs"(%169) : (tensor<9x5xi32>) -> tensor<9x5xi32>
    %171 = "stablehlo.broadcast_in_dim"(%68) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %172 = "stablehlo.subtract"(%171, %170) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %173 = "stablehlo.broadcast_in_dim"(%40) { broadcast_dimensions = array<i64> } : (tensor<i32>) -> tensor<9x5xi32>
    %174 = "stablehlo.maximum"(%172, %173) : (tensor<9x5xi32>, tensor<9x5xi32>) -> tensor<9x5xi32>
    %175 = "stablehlo.convert"(%174) : (tensor<9x5xi32>) -> tensor<9x5xf32>
    %176 = "stablehlo.broadcast_in_dim"(%78) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<9x5xf32>
    %177 = "stablehlo.multiply"(%175, %176) : (tensor<9x5xf32>, tensor<9x5xf32>) -> tensor<9x5xf32>
    %178 = "stablehlo.dot_general"(%135, %156) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [0]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x7x9x2xf32>, tensor<7x5xf32>) -> tensor<1x9x2x5xf32>
    %179 = "stablehlo.dot_general"(%178, %177) {
      dot_dimension_numbers = #stablehlo.dot<
  lhs_batching_dimensions = [],
  rhs_batching_dimensions = [],
  lhs_contracting_dimensions = [1],
  rhs_contracting_dimensions = [0]
>,
      precision_config = [#stablehlo<precision HIGHEST>, #stablehlo<precision HIGHEST>]
    } : (tensor<1x9x2x5xf32>, tensor<9x5xf32>) -> tensor<1x2x5x5xf32>
    %180 = "stablehlo.transpose"(%179) { permutation = array<i64: 0, 2, 3, 1> } : (tensor<1x2x5x5xf32>) -> tensor<1x5x5x2xf32>
    %181 = "stablehlo.pad"(%180, %21) {
      edge_padding_high = array<i64: 0, 0, 0, 1>,
      edge_padding_low = array<i64: 0, 0, 0, 1>,
      interior_padding = array<i64: 0, 0, 0, 0>
    } : (tensor<1x5x5x2xf32>, tensor<f32>) -> tensor<1x5x5x4xf32>
    %182 = "stablehlo.slice"(%181) {
      limit_indices = array<i64: 1, 5, 5, 2>,
      start_indices = array<i64: 0, 0, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x5x5x4xf32>) -> tensor<1x5x5x2xf32>
    %183 = "stablehlo.slice"(%181) {
      limit_indices = array<i64: 1, 5, 5, 4>,
      start_indices = array<i64: 0, 0, 0, 2>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x5x5x4xf32>) -> tensor<1x5x5x2xf32>
    %184 = "stablehlo.pad"(%183, %21) {
      edge_padding_high = array<i64: 0, 1, 1, 0>,
      edge_padding_low = array<i64: 0, 1, 1, 0>,
      interior_padding = array<i64: 0, 1, 1, 0>
    } : (tensor<1x5x5x2xf32>, tensor<f32>) -> tensor<1x11x11x2xf32>
    %185 = "stablehlo.reduce_window"(%184, %21) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %22 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%22) : (tensor<f32>) -> ()
    }) {
      base_dilations = array<i64: 1, 1, 1, 1>,
      padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>,
      window_dilations = array<i64: 1, 1, 1, 1>,
      window_dimensions = array<i64: 1, 2, 2, 1>,
      window_strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x11x11x2xf32>, tensor<f32>) -> tensor<1x10x10x2xf32>
    %186 = "stablehlo.broadcast_in_dim"(%24) { broadcast_dimensions = array<i64> } : (tensor<f32>) -> tensor<1x10x10x2xf32>
    %187 = "stablehlo.multiply"(%185, %186) : (tensor<1x10x10x2xf32>, tensor<1x10x10x2xf32>) -> tensor<1x10x10x2xf32>
    %189 = "stablehlo.select_and_scatter"(%17, %182, %21) ({
      ^selectFn(%arg5: tensor<f32>, %arg6: tensor<f32>) :
          %188 = "stablehlo.compare"(%arg5, %arg6) {
            compare_type = #stablehlo<comparison_type FLOAT>,
            comparison_direction = #stablehlo<comparison_direction GE>
          } : (tensor<f32>, tensor<f32>) -> tensor<i1>
          "stablehlo.return"(%188) : (tensor<i1>) -> ()
    }, {
      ^scatterFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %22 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%22) : (tensor<f32>) -> ()
    }) {
      padding = dense<[[0, 0], [0, 0], [0, 0], [0, 0]]> : tensor<4x2xi64>,
      window_dimensions = array<i64: 1, 2, 2, 1>,
      window_strides = array<i64: 1, 2, 2, 1>
    } : (tensor<1x10x10x2xf32>, tensor<1x5x5x2xf32>, tensor<f32>) -> tensor<1x10x10x2xf32>
    %190 = "stablehlo.add"(%187, %189) : (tensor<1x10x10x2xf32>, tensor<1x10x10x2xf32>) -> tensor<1x10x10x2xf32>
    %191 = "stablehlo.slice"(%190) {
      limit_indices = array<i64: 1, 10, 9, 2>,
      start_indices = array<i64: 0, 0, 1, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x10x10x2xf32>) -> tensor<1x10x8x2xf32>
    %192 = "stablehlo.slice"(%190) {
      limit_indices = array<i64: 1, 10, 1, 2>,
      start_indices = array<i64: 0, 0, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x10x10x2xf32>) -> tensor<1x10x1x2xf32>
    %193 = "stablehlo.reduce"(%192, %21) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %22 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%22) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 2> } : (tensor<1x10x1x2xf32>, tensor<f32>) -> tensor<1x10x2xf32>
    %194 = "stablehlo.reshape"(%193) : (tensor<1x10x2xf32>) -> tensor<1x10x1x2xf32>
    %195 = "stablehlo.pad"(%194, %21) {
      edge_padding_high = array<i64: 0, 0, 7, 0>,
      edge_padding_low = array<i64: 0, 0, 0, 0>,
      interior_padding = array<i64: 0, 0, 0, 0>
    } : (tensor<1x10x1x2xf32>, tensor<f32>) -> tensor<1x10x8x2xf32>
    %196 = "stablehlo.add"(%191, %195) : (tensor<1x10x8x2xf32>, tensor<1x10x8x2xf32>) -> tensor<1x10x8x2xf32>
    %197 = "stablehlo.slice"(%190) {
      limit_indices = array<i64: 1, 10, 10, 2>,
      start_indices = array<i64: 0, 0, 9, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x10x10x2xf32>) -> tensor<1x10x1x2xf32>
    %198 = "stablehlo.reduce"(%197, %21) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %22 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%22) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 2> } : (tensor<1x10x1x2xf32>, tensor<f32>) -> tensor<1x10x2xf32>
    %199 = "stablehlo.reshape"(%198) : (tensor<1x10x2xf32>) -> tensor<1x10x1x2xf32>
    %200 = "stablehlo.pad"(%199, %21) {
      edge_padding_high = array<i64: 0, 0, 0, 0>,
      edge_padding_low = array<i64: 0, 0, 7, 0>,
      interior_padding = array<i64: 0, 0, 0, 0>
    } : (tensor<1x10x1x2xf32>, tensor<f32>) -> tensor<1x10x8x2xf32>
    %201 = "stablehlo.add"(%196, %200) : (tensor<1x10x8x2xf32>, tensor<1x10x8x2xf32>) -> tensor<1x10x8x2xf32>
    %202 = "stablehlo.slice"(%201) {
      limit_indices = array<i64: 1, 9, 8, 2>,
      start_indices = array<i64: 0, 1, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x10x8x2xf32>) -> tensor<1x8x8x2xf32>
    %203 = "stablehlo.slice"(%201) {
      limit_indices = array<i64: 1, 1, 8, 2>,
      start_indices = array<i64: 0, 0, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x10x8x2xf32>) -> tensor<1x1x8x2xf32>
    %204 = "stablehlo.reduce"(%203, %21) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %22 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%22) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 1> } : (tensor<1x1x8x2xf32>, tensor<f32>) -> tensor<1x8x2xf32>
    %205 = "stablehlo.reshape"(%204) : (tensor<1x8x2xf32>) -> tensor<1x1x8x2xf32>
    %206 = "stablehlo.pad"(%205, %21) {
      edge_padding_high = array<i64: 0, 7, 0, 0>,
      edge_padding_low = array<i64: 0, 0, 0, 0>,
      interior_padding = array<i64: 0, 0, 0, 0>
    } : (tensor<1x1x8x2xf32>, tensor<f32>) -> tensor<1x8x8x2xf32>
    %207 = "stablehlo.add"(%202, %206) : (tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
    %208 = "stablehlo.slice"(%201) {
      limit_indices = array<i64: 1, 10, 8, 2>,
      start_indices = array<i64: 0, 9, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x10x8x2xf32>) -> tensor<1x1x8x2xf32>
    %209 = "stablehlo.reduce"(%208, %21) ({
      ^reductionFn(%arg3: tensor<f32>, %arg4: tensor<f32>) :
          %22 = "stablehlo.add"(%arg3, %arg4) : (tensor<f32>, tensor<f32>) -> tensor<f32>
          "stablehlo.return"(%22) : (tensor<f32>) -> ()
    }) { dimensions = array<i64: 1> } : (tensor<1x1x8x2xf32>, tensor<f32>) -> tensor<1x8x2xf32>
    %210 = "stablehlo.reshape"(%209) : (tensor<1x8x2xf32>) -> tensor<1x1x8x2xf32>
    %211 = "stablehlo.pad"(%210, %21) {
      edge_padding_high = array<i64: 0, 0, 0, 0>,
      edge_padding_low = array<i64: 0, 7, 0, 0>,
      interior_padding = array<i64: 0, 0, 0, 0>
    } : (tensor<1x1x8x2xf32>, tensor<f32>) -> tensor<1x8x8x2xf32>
    %212 = "stablehlo.add"(%207, %211) : (tensor<1x8x8x2xf32>, tensor<1x8x8x2xf32>) -> tensor<1x8x8x2xf32>
    %213 = "stablehlo.slice"(%212) {
      limit_indices = array<i64: 1, 8, 8, 2>,
      start_indices = array<i64: 0, 0, 2, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x8x8x2xf32>) -> tensor<1x8x6x2xf32>
    %214 = "stablehlo.slice"(%212) {
      limit_indices = array<i64: 1, 8, 2, 2>,
      start_indices = array<i64: 0, 0, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x8x8x2xf32>) -> tensor<1x8x2x2xf32>
    %215 = "stablehlo.reverse"(%214) { dimensions = array<i64: 2> } : (tensor<1x8x2x2xf32>) -> tensor<1x8x2x2xf32>
    %216 = "stablehlo.pad"(%215, %21) {
      edge_padding_high = array<i64: 0, 0, 3, 0>,
      edge_padding_low = array<i64: 0, 0, 1, 0>,
      interior_padding = array<i64: 0, 0, 0, 0>
    } : (tensor<1x8x2x2xf32>, tensor<f32>) -> tensor<1x8x6x2xf32>
    %217 = "stablehlo.add"(%213, %216) : (tensor<1x8x6x2xf32>, tensor<1x8x6x2xf32>) -> tensor<1x8x6x2xf32>
    %218 = "stablehlo.slice"(%217) {
      limit_indices = array<i64: 1, 7, 6, 2>,
      start_indices = array<i64: 0, 1, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x8x6x2xf32>) -> tensor<1x6x6x2xf32>
    %219 = "stablehlo.slice"(%217) {
      limit_indices = array<i64: 1, 1, 6, 2>,
      start_indices = array<i64: 0, 0, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x8x6x2xf32>) -> tensor<1x1x6x2xf32>
    %220 = "stablehlo.reverse"(%219) { dimensions = array<i64: 1> } : (tensor<1x1x6x2xf32>) -> tensor<1x1x6x2xf32>
    %221 = "stablehlo.pad"(%220, %21) {
      edge_padding_high = array<i64: 0, 4, 0, 0>,
      edge_padding_low = array<i64: 0, 1, 0, 0>,
      interior_padding = array<i64: 0, 0, 0, 0>
    } : (tensor<1x1x6x2xf32>, tensor<f32>) -> tensor<1x6x6x2xf32>
    %222 = "stablehlo.add"(%218, %221) : (tensor<1x6x6x2xf32>, tensor<1x6x6x2xf32>) -> tensor<1x6x6x2xf32>
    %223 = "stablehlo.slice"(%217) {
      limit_indices = array<i64: 1, 8, 6, 2>,
      start_indices = array<i64: 0, 7, 0, 0>,
      strides = array<i64: 1, 1, 1, 1>
    } : (tensor<1x8x6x2xf32>) -> tensor<1x1x6x2xf32>
    %224 = "stablehlo.reverse"(%223) { dimensions = array<i64: 1> } : (tensor<1x1x6x2xf32>) -> tensor<1x1x6x2xf32>
    %225 = "stablehlo.pad"(%224, %21) {
      edge_padding_high = array<i64: 0, 1, 0, 0>,
      edge_padding_low = array<i64: 0, 4, 0, 0>,
      interior_padding = array<i64: 0, 0, 0, 0>
    } : (tensor<1x1x6x2xf32>, tensor<f32>) -> tensor<1x6x6x2xf32>
    %226 = "stablehlo.add"(%222, %225) : (tensor<1x6x6x2xf32>, tensor<1x6x6x2xf32>) -> tensor<1x6x6x2xf32>
    "stablehlo.return"(%107, %226) : (tensor<1x2x2xf32>, tensor<1x6x6x2xf32>) -> ()
  }
}

